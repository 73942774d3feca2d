package org.teenygrad;

/// Discrete Fourier transforms: `torch.fft`.
///
/// Complex numbers are pairs along a last axis of two, as `torch.view_as_real` gives them; it is not counted where axes of complex
/// numbers are named. Powers of two and products of small primes are transformed stage by stage, all other lengths as a
/// convolution; all of it on the tensor's device, in its type. Integers become float32 first.
sealed interface Fourier permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The transform of complex numbers along the last axis: `torch.fft.fft`.
  /// ```java
  /// Tensor.of(1f, 2f).complex(Tensor.of(0f, 0f)).fft();   // [[ 3.  0.]
  ///                                                       //  [-1.  0.]]
  /// ```
  /// @return of this shape (..., n, 2)
  /// @throws IllegalArgumentException if this has no pairs of float32 or float64, or no numbers on the axis
  default Tensor fft() {
    return fft(-1);
  }

  /// [#fft()] along another axis.
  /// @throws IllegalArgumentException if there is no such axis, or this has no numbers to transform
  default Tensor fft(int axis) {
    return fft(points("fft", axis), axis, FourierNorm.BACKWARD);
  }

  /// [#fft()] of `n` numbers: the first ones, or all and zeros behind them.
  /// @throws IllegalArgumentException if `n` is not positive
  default Tensor fft(int n, int axis, FourierNorm norm) {
    return FourierTransforms.complex("fft", self(), n, axis, false, norm);
  }

  /// What [#fft()] undoes: `torch.fft.ifft`.
  /// ```java
  /// Tensor.of(3f, -1f).complex(Tensor.of(0f, 0f)).ifft().real();   // [1. 2.]
  /// ```
  /// @throws IllegalArgumentException if this has no numbers to transform
  default Tensor ifft() {
    return ifft(-1);
  }

  /// [#ifft()] along another axis.
  /// @throws IllegalArgumentException if there is no such axis, or this has no numbers to transform
  default Tensor ifft(int axis) {
    return ifft(points("ifft", axis), axis, FourierNorm.BACKWARD);
  }

  /// [#ifft()] of `n` numbers.
  /// @throws IllegalArgumentException if `n` is not positive
  default Tensor ifft(int n, int axis, FourierNorm norm) {
    return FourierTransforms.complex("ifft", self(), n, axis, true, norm);
  }

  /// The transform of real numbers along the last axis, of which the second half would mirror the first: `torch.fft.rfft`.
  /// ```java
  /// Tensor.of(1f, 0f, -1f, 0f).rfft();   // [[0. 0.]
  ///                                      //  [2. 0.]
  ///                                      //  [0. 0.]]
  /// ```
  /// @return (..., n / 2 + 1, 2) for this (..., n)
  /// @throws IllegalArgumentException if this is float16 or narrower, or has no numbers on the axis
  default Tensor rfft() {
    return rfft(-1);
  }

  /// [#rfft()] along another axis.
  /// @throws IllegalArgumentException if there is no such axis, or this has no numbers to transform
  default Tensor rfft(int axis) {
    return rfft(FourierTransforms.floating("rfft", self()).size(axis), axis, FourierNorm.BACKWARD);
  }

  /// [#rfft()] of `n` numbers.
  /// @throws IllegalArgumentException if `n` is not positive
  default Tensor rfft(int n, int axis, FourierNorm norm) {
    return FourierTransforms.real("rfft", self(), n, axis, norm);
  }

  /// What [#rfft()] undoes, for an even length: `torch.fft.irfft`.
  /// ```java
  /// Tensor.of(1f, 2f, 3f, 4f).rfft().irfft();   // [1. 2. 3. 4.]
  /// ```
  /// @return (..., 2 (m - 1)) for this (..., m, 2)
  /// @throws IllegalArgumentException if this has no numbers to transform
  default Tensor irfft() {
    return irfft(2 * (points("irfft", -1) - 1), -1, FourierNorm.BACKWARD);
  }

  /// [#irfft()] to `n` numbers, which may be odd.
  /// ```java
  /// Tensor.of(1f, 2f, 3f).rfft().irfft(3, -1, FourierNorm.BACKWARD);   // [1. 2. 3.]
  /// ```
  /// @throws IllegalArgumentException if `n` is not positive
  default Tensor irfft(int n, int axis, FourierNorm norm) {
    return FourierTransforms.hermitian("irfft", self(), n, axis, norm);
  }

  /// The real spectrum of a signal whose second half mirrors the conjugate first: `torch.fft.hfft`.
  /// ```java
  /// Tensor.of(1f, 2f, 1f).complex(Tensor.of(0f, 0f, 0f)).hfft();   // [ 6.  0. -2.  0.]
  /// ```
  /// @return (..., 2 (m - 1)) for this (..., m, 2)
  /// @throws IllegalArgumentException if this has no numbers to transform
  default Tensor hfft() {
    return hfft(2 * (points("hfft", -1) - 1), -1, FourierNorm.BACKWARD);
  }

  /// [#hfft()] to `n` numbers, which may be odd.
  /// @throws IllegalArgumentException if `n` is not positive
  default Tensor hfft(int n, int axis, FourierNorm norm) {
    Pairs.require("hfft", self());
    return FourierTransforms.hermitian("hfft", Pairs.conjugate(self()), n, axis, reversed(norm));
  }

  /// What [#hfft()] undoes: `torch.fft.ihfft`.
  /// ```java
  /// Tensor.of(6f, 0f, -2f, 0f).ihfft().real();   // [1. 2. 1.]
  /// ```
  /// @return (..., n / 2 + 1, 2) for this (..., n)
  /// @throws IllegalArgumentException if this has no numbers to transform
  default Tensor ihfft() {
    return ihfft(FourierTransforms.floating("ihfft", self()).size(-1), -1, FourierNorm.BACKWARD);
  }

  /// [#ihfft()] of `n` numbers.
  /// @throws IllegalArgumentException if `n` is not positive
  default Tensor ihfft(int n, int axis, FourierNorm norm) {
    return Pairs.conjugate(FourierTransforms.real("ihfft", self(), n, axis, reversed(norm)));
  }

  /// [#fft()] along several axes; without any, along all: `torch.fft.fftn`, `fft2`.
  /// ```java
  /// Tensor.ones(4, 6, 2).fftn().shape();   // (4, 6, 2)
  /// ```
  /// @throws IllegalArgumentException if there is no such axis, or this has no numbers to transform
  default Tensor fftn(int... axes) {
    FourierAxes all = FourierAxes.ofComplex("fftn", self(), axes);
    return fftn(all.sizes(), all.axes(), FourierNorm.BACKWARD);
  }

  /// [#fftn(int...)] of so many numbers along each of the axes.
  /// @throws IllegalArgumentException if there are not as many sizes as axes, or an axis twice
  default Tensor fftn(int[] sizes, int[] axes, FourierNorm norm) {
    return FourierAxes.complex("fftn", self(), sizes, axes, false, norm);
  }

  /// What [#fftn(int...)] undoes: `torch.fft.ifftn`, `ifft2`.
  /// ```java
  /// Tensor.ones(4, 6, 2).ifftn(0).shape();   // (4, 6, 2)
  /// ```
  /// @throws IllegalArgumentException if there is no such axis, or this has no numbers to transform
  default Tensor ifftn(int... axes) {
    FourierAxes all = FourierAxes.ofComplex("ifftn", self(), axes);
    return ifftn(all.sizes(), all.axes(), FourierNorm.BACKWARD);
  }

  /// [#ifftn(int...)] of so many numbers along each of the axes.
  /// @throws IllegalArgumentException if there are not as many sizes as axes, or an axis twice
  default Tensor ifftn(int[] sizes, int[] axes, FourierNorm norm) {
    return FourierAxes.complex("ifftn", self(), sizes, axes, true, norm);
  }

  /// [#rfft()] along the last of several axes and [#fft()] along the others; without any, all: `torch.fft.rfftn`, `rfft2`.
  /// ```java
  /// Tensor.ones(4, 6).rfftn().shape();   // (4, 4, 2)
  /// ```
  /// @throws IllegalArgumentException if there is no such axis, or this has no numbers to transform
  default Tensor rfftn(int... axes) {
    FourierAxes all = FourierAxes.ofReal(self(), axes);
    return rfftn(all.sizes(), all.axes(), FourierNorm.BACKWARD);
  }

  /// [#rfftn(int...)] of so many numbers along each of the axes.
  /// @throws IllegalArgumentException if there are not as many sizes as axes, an axis twice, or none
  default Tensor rfftn(int[] sizes, int[] axes, FourierNorm norm) {
    return FourierAxes.real("rfftn", self(), sizes, axes, false, norm);
  }

  /// What [#rfftn(int...)] undoes where the last axis had an even number of elements: `torch.fft.irfftn`, `irfft2`.
  /// ```java
  /// Tensor.ones(4, 6).rfftn().irfftn().shape();   // (4, 6)
  /// ```
  /// @throws IllegalArgumentException if there is no such axis, or this has no numbers to transform
  default Tensor irfftn(int... axes) {
    FourierAxes all = FourierAxes.ofHalf("irfftn", self(), axes);
    return irfftn(all.sizes(), all.axes(), FourierNorm.BACKWARD);
  }

  /// [#irfftn(int...)] to so many numbers along each of the axes.
  /// @throws IllegalArgumentException if there are not as many sizes as axes, an axis twice, or none
  default Tensor irfftn(int[] sizes, int[] axes, FourierNorm norm) {
    return FourierAxes.hermitian("irfftn", self(), sizes, axes, true, norm);
  }

  /// [#hfft()] along the last of several axes and [#fft()] along the others; without any, all: `torch.fft.hfftn`, `hfft2`.
  /// ```java
  /// Tensor.ones(4, 4, 2).hfftn().shape();   // (4, 6)
  /// ```
  /// @throws IllegalArgumentException if there is no such axis, or this has no numbers to transform
  default Tensor hfftn(int... axes) {
    FourierAxes all = FourierAxes.ofHalf("hfftn", self(), axes);
    return hfftn(all.sizes(), all.axes(), FourierNorm.BACKWARD);
  }

  /// [#hfftn(int...)] to so many numbers along each of the axes.
  /// @throws IllegalArgumentException if there are not as many sizes as axes, an axis twice, or none
  default Tensor hfftn(int[] sizes, int[] axes, FourierNorm norm) {
    return FourierAxes.hermitian("hfftn", self(), sizes, axes, false, norm);
  }

  /// What [#hfftn(int...)] undoes: `torch.fft.ihfftn`, `ihfft2`.
  /// ```java
  /// Tensor.ones(4, 6).ihfftn().shape();   // (4, 4, 2)
  /// ```
  /// @throws IllegalArgumentException if there is no such axis, or this has no numbers to transform
  default Tensor ihfftn(int... axes) {
    FourierAxes all = FourierAxes.ofReal(self(), axes);
    return ihfftn(all.sizes(), all.axes(), FourierNorm.BACKWARD);
  }

  /// [#ihfftn(int...)] of so many numbers along each of the axes.
  /// @throws IllegalArgumentException if there are not as many sizes as axes, an axis twice, or none
  default Tensor ihfftn(int[] sizes, int[] axes, FourierNorm norm) {
    return FourierAxes.real("ihfftn", self(), sizes, axes, true, norm);
  }

  /// The frequency 0 in the middle of axes: `torch.fft.fftshift`. Of complex numbers, name the axes from the front.
  /// ```java
  /// Tensor.fftfreq(4, 0.25).fftshift(0);   // [-2. -1.  0.  1.]
  /// ```
  default Tensor fftshift(int... axes) {
    return shifted(1, axes);
  }

  /// What [#fftshift] undoes: `torch.fft.ifftshift`.
  /// ```java
  /// Tensor.of(-2f, -1f, 0f, 1f).ifftshift(0);   // [ 0.  1. -2. -1.]
  /// ```
  default Tensor ifftshift(int... axes) {
    return shifted(-1, axes);
  }

  private Tensor shifted(int direction, int... axes) {
    Tensor result = self().alias();
    for (int axis : axes) {
      int half = result.size(axis) / 2;
      result = result.roll(direction * half, axis);
    }
    return result;
  }

  private int points(String name, int axis) {
    Pairs.require(name, self());
    return self().size(FourierTransforms.axis(name, self(), axis));
  }

  private static FourierNorm reversed(FourierNorm norm) {
    return switch (norm) {
      case BACKWARD -> FourierNorm.FORWARD;
      case ORTHO -> FourierNorm.ORTHO;
      case FORWARD -> FourierNorm.BACKWARD;
    };
  }
}
