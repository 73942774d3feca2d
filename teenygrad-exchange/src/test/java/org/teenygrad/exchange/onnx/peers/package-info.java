/// Models of others, beside the runtimes that others run them on.
@NullMarked
package org.teenygrad.exchange.onnx.peers;

import org.jspecify.annotations.NullMarked;
