package org.teenygrad;

/// Which of a pair of Fourier transforms divides by the number of points, and by what: the argument `norm` of `torch.fft`.
public enum FourierNorm {
  /// The inverse, by n.
  BACKWARD,
  /// Both, by √n: lengths are kept.
  ORTHO,
  /// The forward transform, by n.
  FORWARD;

  /// What the transform of `points` is multiplied by.
  double scale(boolean inverse, int points) {
    return switch (this) {
      case BACKWARD -> inverse ? 1.0 / points : 1;
      case ORTHO -> 1 / Math.sqrt(points);
      case FORWARD -> inverse ? 1 : 1.0 / points;
    };
  }
}
