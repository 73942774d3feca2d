@NullMarked
package org.teenygrad.exchange.onnx.format;

import org.jspecify.annotations.NullMarked;
