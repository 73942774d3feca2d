/// Models in the ONNX format as modules.
///
/// ```java
/// OnnxModel model = Onnx.load(Path.of("model.onnx"));
/// Tensor logits = model.call(images);
/// ```
/// A call is an ordinary expression of tensors: it is differentiable, fused and compiled with what is around it, and runs wherever
/// tensors do. What ONNX's operators mean is in [org.teenygrad.exchange.onnx.operators], what a file says in
/// [org.teenygrad.exchange.onnx.format]. [Onnx#save] writes a module: the expression that it is, in standard operators.
@NullMarked
package org.teenygrad.exchange.onnx;

import org.jspecify.annotations.NullMarked;
