package org.teenygrad;

import java.util.Locale;
import org.teenygrad.engine.ir.OpCode;

/// The nonlinear functions of neural networks: sigmoid, relu, gelu, softmax.
///
/// All take any floating tensor (integers become float32) and keep its type; float16 and bfloat16 are computed in
/// float32 and rounded once. Values and gradients are finite wherever PyTorch's are.
sealed interface Activations permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// max(x, 0), with gradient 0 at 0: `torch.relu`.
  /// ```java
  /// Tensor.of(-1f, 2f).relu();   // [0. 2.]
  /// ```
  default Tensor relu() {
    return self().le(0).where(0, self());
  }

  /// x where it is positive, else `negativeSlope` times x: PyTorch's `leaky_relu`.
  /// ```java
  /// Tensor.of(-8f, 2f).leakyRelu(0.125);   // [-1.  2.]
  /// ```
  default Tensor leakyRelu(double negativeSlope) {
    return Precision.compute(self(), x -> x.gt(0).where(x, x.mul(negativeSlope)));
  }

  /// relu that ends at 6: `min(max(x, 0), 6)`.
  /// ```java
  /// Tensor.of(-1f, 2f, 9f).relu6();   // [0. 2. 6.]
  /// ```
  default Tensor relu6() {
    return hardtanh(0, 6);
  }

  /// x cut to `low..high`, with gradient 0 at and beyond both: `torch.nn.functional.hardtanh`.
  /// ```java
  /// Tensor.of(-3f, 0.5f, 3f).hardtanh(-1, 1);   // [-1.   0.5  1. ]
  /// ```
  /// @throws IllegalArgumentException if low is above high, or of bools
  default Tensor hardtanh(double low, double high) {
    if (!(low <= high)) {
      throw new IllegalArgumentException("hardtanh: the least value " + low + " is above the largest " + high);
    }
    Tensor x = Operations.requireNumbers("hardtanh", self());
    Number least = Operations.number("hardtanh", x.dtype(), low);
    Number most = Operations.number("hardtanh", x.dtype(), high);
    return x.le(least).where(least, x.ge(most).where(most, x));
  }

  /// 1 / (1 + e^-x).
  /// ```java
  /// Tensor.of(0f, Float.POSITIVE_INFINITY).sigmoid();   // [0.5 1. ]
  /// ```
  default Tensor sigmoid() {
    return Precision.compute(self(), x -> {
      Tensor negative = x.lt(0);
      Tensor e = negative.where(x, x.neg()).exp(); // at most 1: no overflow, neither here nor in the gradient
      return negative.where(e, 1).div(e.add(1));
    });
  }

  /// log(sigmoid(x)), accurate for x far below 0.
  /// ```java
  /// Tensor.of(-200f).logSigmoid();   // -200.0
  /// ```
  default Tensor logSigmoid() {
    return Precision.compute(self(), x -> x.neg().softplus().neg());
  }

  /// log(1 + e^x), a smooth relu: `torch.nn.functional.softplus`.
  /// ```java
  /// Tensor.of(200f).softplus();   // 200.0
  /// ```
  default Tensor softplus() {
    return Precision.compute(self(), x -> {
      Tensor negative = x.lt(0);
      Tensor e = negative.where(x, x.neg()).exp();
      return negative.where(0, x).add(e.log1p());
    });
  }

  /// `log(1 + e^(beta x)) / beta`, the closer to relu the larger beta is.
  default Tensor softplus(double beta) {
    return beta == 1 ? softplus() : Precision.compute(self(), x -> x.mul(beta).softplus().div(beta));
  }

  /// As [#softplus(double)], but x itself where `beta x` is above a threshold, PyTorch's default for which is 20.
  default Tensor softplus(double beta, double threshold) {
    return Precision.compute(self(), x -> x.mul(beta).gt(threshold).where(x, x.softplus(beta)));
  }

  /// x sigmoid(x), also called swish.
  /// ```java
  /// Tensor.of(0f, 200f).silu();   // [  0. 200.]
  /// ```
  default Tensor silu() {
    return Precision.compute(self(), x -> x.mul(x.sigmoid()));
  }

  /// x tanh(softplus(x)).
  /// ```java
  /// Tensor.of(0f, 200f).mish();   // [  0. 200.]
  /// ```
  default Tensor mish() {
    return Precision.compute(self(), x -> x.mul(x.softplus().tanh()));
  }

  /// x Φ(x), with the normal distribution's Φ computed by erf: PyTorch's default `gelu`.
  /// ```java
  /// Tensor.of(0f, 200f).gelu();   // [  0. 200.]
  /// ```
  default Tensor gelu() {
    return Precision.compute(self(), x -> x.mul(0.5).mul(x.mul(Math.sqrt(0.5)).erf().add(1)));
  }

  /// The tanh approximation of [#gelu()], as GPT-2 was trained with: PyTorch's `gelu(approximate="tanh")`.
  /// ```java
  /// Tensor.of(0f, 200f).geluTanh();   // [  0. 200.]
  /// ```
  default Tensor geluTanh() {
    return Precision.compute(self(), x -> {
      Tensor inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
      return x.mul(0.5).mul(inner.tanh().add(1));
    });
  }

  /// x where it is positive, else alpha (e^x - 1).
  /// ```java
  /// Tensor.of(-200f, 2f).elu(1);   // [-1.  2.]
  /// ```
  default Tensor elu(double alpha) {
    return Precision.compute(self(), x -> x.gt(0).where(x, nonPositive(x).expm1().mul(alpha)));
  }

  /// x where it is positive, else alpha (e^(x/alpha) - 1).
  /// ```java
  /// Tensor.of(-200f, 2f).celu(0.5);   // [-0.5  2. ]
  /// ```
  /// @throws IllegalArgumentException if alpha is 0
  default Tensor celu(double alpha) {
    if (alpha == 0) {
      throw new IllegalArgumentException("celu: divides by alpha, which must not be 0");
    }
    return Precision.compute(self(), x -> x.gt(0).where(x, nonPositive(x).div(alpha).expm1().mul(alpha)));
  }

  /// The self-normalising elu of Klambauer et al., 2017.
  /// ```java
  /// Tensor.of(0f).selu();   // 0.0
  /// ```
  default Tensor selu() {
    return Precision.compute(self(), x -> x.elu(1.6732632423543772).mul(1.0507009873554805));
  }

  /// x / (1 + |x|).
  /// ```java
  /// Tensor.of(-1f, 3f).softsign();   // [-0.5   0.75]
  /// ```
  default Tensor softsign() {
    return Precision.compute(self(), x -> x.div(x.abs().add(1)));
  }

  /// min(max(x + 3, 0), 6) / 6.
  /// ```java
  /// Tensor.of(-4f, 0f, 4f).hardSigmoid();   // [0.  0.5 1. ]
  /// ```
  default Tensor hardSigmoid() {
    return Precision.compute(self(), x -> x.add(3).relu6().div(6));
  }

  /// x min(max(x + 3, 0), 6) / 6.
  /// ```java
  /// Tensor.of(-4f, 0f, 4f).hardSwish();   // [-0.  0.  4.]
  /// ```
  default Tensor hardSwish() {
    return Precision.compute(self(), x -> x.mul(x.hardSigmoid()));
  }

  /// x where it is more than `threshold`, else `value`: `torch.nn.functional.threshold`.
  /// ```java
  /// Tensor.of(0.5f, 2f).threshold(1, -3);   // [-3.  2.]
  /// ```
  /// @throws IllegalArgumentException of bools
  default Tensor threshold(double threshold, double value) {
    Tensor x = Operations.requireNumbers("threshold", self());
    return x.le(Operations.number("threshold", x.dtype(), threshold)).where(Operations.number("threshold", x.dtype(), value), x);
  }

  /// x drawn by `lambda` towards 0, where it stops: `torch.nn.functional.softshrink`.
  /// ```java
  /// Tensor.of(-2f, 0.25f, 2f).softshrink(0.5);   // [-1.5  0.   1.5]
  /// ```
  /// @throws IllegalArgumentException if lambda is negative
  default Tensor softshrink(double lambda) {
    if (!(lambda >= 0)) {
      throw new IllegalArgumentException("softshrink: lambda must not be negative, but is " + lambda);
    }
    return Precision.compute(self(), x -> x.gt(lambda).where(x.sub(lambda), x.lt(-lambda).where(x.add(lambda), x.mul(0))));
  }

  /// x where its size is more than `lambda`, else 0: `torch.nn.functional.hardshrink`.
  /// ```java
  /// Tensor.of(-2f, 0.25f, 2f).hardshrink(0.5);   // [-2.  0.  2.]
  /// ```
  default Tensor hardshrink(double lambda) {
    return self().abs().le(lambda).where(0, self());
  }

  /// x - tanh(x).
  /// ```java
  /// Tensor.of(0f).tanhshrink();   // 0.0
  /// ```
  default Tensor tanhshrink() {
    return Precision.compute(self(), x -> x.sub(x.tanh()));
  }

  /// x where it is positive, else the channel's weight times x: `torch.nn.functional.prelu`.
  /// ```java
  /// Tensor.of(-8f, 2f).prelu(Tensor.of(0.125f));   // [-1.  2.]
  /// ```
  /// @param weight (channels) for axis 1, or one number
  /// @throws IllegalArgumentException if the weight is not one number or (channels), or of another type
  default Tensor prelu(Tensor weight) {
    Scaling.checkSlopes(self(), weight);
    Tensor each = weight.numel() == 1 || self().rank() < 2
        ? weight
        : weight.reshape(Scaling.channelShape(self().shape()));
    return self().gt(0).where(self(), self().mul(each));
  }

  /// The first half of an axis times the sigmoid of the second: `torch.nn.functional.glu`.
  /// ```java
  /// Tensor.of(4f, 0f).glu(0);   // [2.]
  /// ```
  /// @throws IllegalArgumentException if the axis has an odd size
  default Tensor glu(int axis) {
    int size = self().size(axis);
    if (size % 2 != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "glu: axis %d of shape %s does not halve", axis, self().shape()));
    }
    return Precision.compute(self(), x -> x.narrow(axis, 0, size / 2).mul(x.narrow(axis, size / 2, size / 2).sigmoid()));
  }

  /// A sample of the distribution whose unnormalised logarithms these are, relaxed by a temperature; if `hard` a row of zeros with one 1,
  /// with the gradient of the relaxed one: `torch.nn.functional.gumbel_softmax`.
  /// ```java
  /// Tensor.rand(2, 3).gumbelSoftmax(1, true, -1).sum(-1);   // [1. 1.]
  /// ```
  /// @throws IllegalArgumentException if the temperature is not above 0
  default Tensor gumbelSoftmax(double temperature, boolean hard, int axis) {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("gumbelSoftmax: the temperature must be above 0, not " + temperature);
    }
    return Precision.compute(self(), x -> {
      Tensor noise = RandomState.shared().rand(x.shape(), x.device()).clampMin(Float.MIN_NORMAL).log().neg().log().neg();
      Tensor soft = x.add(noise.cast(x.dtype())).div(temperature).softmax(axis);
      if (!hard) {
        return soft;
      }
      Tensor sure = Tensor.zeros(x.dtype(), x.shape().toArray()).scatter(axis, soft.argmax(axis, true), soft.onesLike());
      return sure.sub(soft).detach().add(soft); // the value of one, the derivative of the other
    });
  }

  /// [#softmax] of the elements' opposites: `torch.nn.functional.softmin`.
  /// ```java
  /// Tensor.of(1f, 1f).softmin(-1);   // [0.5 0.5]
  /// ```
  default Tensor softmin(int axis) {
    return Operations.toFloating(self()).neg().softmax(axis);
  }

  /// e^x divided by its sum along an axis, so that each row is a distribution: `torch.softmax`.
  ///
  /// The row's maximum is subtracted first, so large values do not overflow. A row of only -infinity gives NaN.
  /// ```java
  /// Tensor.of(1f, 1f).softmax(-1);   // [0.5 0.5]
  /// ```
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor softmax(int axis) {
    return Precision.compute(self(), x -> {
      Tensor e = x.sub(largest(x, axis)).exp();
      return e.div(e.sum(axis, true));
    });
  }

  /// The logarithm of [#softmax], finite where the softmax underflows: `torch.log_softmax`.
  /// ```java
  /// Tensor.of(5f, Float.NEGATIVE_INFINITY).logSoftmax(0);   // [  0. -inf]
  /// ```
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor logSoftmax(int axis) {
    return Precision.compute(self(), x -> {
      Tensor shifted = x.sub(largest(x, axis));
      return shifted.sub(shifted.exp().sum(axis, true).log());
    });
  }

  /// log(sum(e^x)) over axes, which disappear: `torch.logsumexp`. Of only -infinity it is -infinity.
  /// ```java
  /// Tensor.of(5f, Float.NEGATIVE_INFINITY).logsumexp(0);   // 5.0
  /// ```
  default Tensor logsumexp(int... axes) {
    return logsumexp(axes, false);
  }

  /// log(sum(e^x)) over one axis.
  default Tensor logsumexp(int axis, boolean keepDim) {
    return logsumexp(new int[] {axis}, keepDim);
  }

  /// log(sum(e^x)) over several axes.
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor logsumexp(int[] axes, boolean keepDim) {
    return Precision.compute(self(), x -> Reducing.logSumExp(x, axes, keepDim));
  }

  /// To be taken off, so that no exponential overflows; of nothing -infinity.
  private static Tensor largest(Tensor x, int... axes) {
    return Reducing.over(x, OpCode.MAX, axes, true).detach();
  }

  private static Tensor nonPositive(Tensor x) {
    return x.gt(0).where(0, x);
  }
}
