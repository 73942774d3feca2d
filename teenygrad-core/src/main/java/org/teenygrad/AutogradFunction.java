package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.OpCode;

/// A function of tensors with a derivative of its own: PyTorch's `torch.autograd.Function`, JAX's `custom_vjp`.
///
/// ```java
/// AutogradFunction reversed = new AutogradFunction() {   // Ganin and Lempitsky, *Unsupervised Domain Adaptation by Backpropagation*, 2015
///   @Override
///   public Tensor forward(List<Tensor> inputs) {
///     return inputs.getFirst();
///   }
///
///   @Override
///   public List<Tensor> backward(List<Tensor> inputs, Tensor gradient) {
///     return List.of(gradient.neg());
///   }
/// };
/// Tensor x = Tensor.of(3f).requiresGrad();
/// Gradient.of(reversed.apply(x).square(), x);   // -6.0
/// ```
/// Both methods only write expressions, and are to write the same ones whenever they are called with the same inputs; `backward` is
/// called when a derivative is computed. What it needs of `forward` it writes again: equal expressions are computed once.
/// Derivatives of the derivative are those of its expression. [Gradient#jvp] is refused.
public interface AutogradFunction {
  /// The value.
  Tensor forward(List<Tensor> inputs);

  /// From the derivative of a loss with respect to the result to those with respect to the inputs.
  /// @param gradient of the result's shape and type
  /// @return for each input one of its shape; those of inputs that are not floating are not looked at
  List<Tensor> backward(List<Tensor> inputs, Tensor gradient);

  /// The value for these inputs, with this derivative.
  /// @throws IllegalArgumentException if the value is not of a floating type; once the derivative is computed, if `backward` gives
  ///     other numbers or shapes than the inputs'
  default Tensor apply(Tensor... inputs) {
    Tensor value = forward(List.of(inputs));
    if (!value.dtype().isFloating()) {
      throw new IllegalArgumentException("an autograd function's value is floating, not " + value.dtype());
    }
    List<Tensor> all = new ArrayList<>(List.of(value));
    all.addAll(List.of(inputs));
    return Tensor.applyWith(OpCode.PULLBACK, new AutogradPullback(this), all.toArray(Tensor[]::new));
  }
}
