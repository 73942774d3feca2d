@NullMarked
package org.teenygrad.exchange.onnx;

import org.jspecify.annotations.NullMarked;
