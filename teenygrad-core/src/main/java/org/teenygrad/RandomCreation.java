package org.teenygrad;

/// Factories of random tensors, inherited by [Tensor] as static methods; all draw from [RandomState#shared].
abstract sealed class RandomCreation permits Creation {
  /// Restarts [RandomState#shared]: what is drawn from here on is the same each time.
  /// ```java
  /// Tensor.manualSeed(42);
  /// var drawn = Tensor.rand(2);
  /// Tensor.manualSeed(42);
  /// Tensor.rand(2).eq(drawn).all();   // True
  /// ```
  public static void manualSeed(long seed) {
    RandomState.shared().restore(RandomState.of(seed).state());
  }

  /// Float32 numbers in [0, 1): `torch.rand`.
  /// ```java
  /// Tensor.rand(2, 3).lt(1).all();   // True
  /// ```
  public static Tensor rand(int... shape) {
    return RandomState.shared().rand(shape);
  }

  /// Float32 numbers with mean 0 and variance 1: `torch.randn`.
  /// ```java
  /// Tensor.randn(2, 3).shape();   // (2, 3)
  /// ```
  public static Tensor randn(int... shape) {
    return RandomState.shared().randn(shape);
  }

  /// Integers in `low .. high-1`, int64: `torch.randint`.
  /// ```java
  /// Tensor.randint(5, 6, 3);   // [5 5 5]
  /// ```
  public static Tensor randint(long low, long high, int... shape) {
    return RandomState.shared().randint(low, high, shape);
  }

  /// Float32 numbers in [low, high).
  /// ```java
  /// Tensor.uniform(-1, 1, 4).abs().le(1).all();   // True
  /// ```
  public static Tensor uniform(double low, double high, int... shape) {
    return RandomState.shared().uniform(low, high, shape);
  }

  /// Float32 numbers with this mean and standard deviation.
  /// ```java
  /// Tensor.normal(5, 0, 3);   // [5. 5. 5.]
  /// ```
  public static Tensor normal(double mean, double deviation, int... shape) {
    return RandomState.shared().normal(mean, deviation, shape);
  }

  /// The numbers 0 .. n-1 in a random order, int64: `torch.randperm`.
  /// ```java
  /// Tensor.randperm(5).sum();   // 10
  /// ```
  public static Tensor randperm(int n) {
    return RandomState.shared().randperm(n);
  }

  /// 1 with these probabilities, else 0: `torch.bernoulli`.
  /// ```java
  /// Tensor.bernoulli(Tensor.of(0f, 1f));   // [0. 1.]
  /// ```
  public static Tensor bernoulli(Tensor probabilities) {
    return RandomState.shared().bernoulli(probabilities);
  }

  /// Weights (out, in, ...) for a layer followed by relu: uniform with variance 2 / fanIn (He et al., 2015).
  /// `torch.nn.init.kaiming_uniform_(nonlinearity="relu")`.
  /// ```java
  /// Tensor.kaimingUniform(64, 32).shape();   // (64, 32)
  /// ```
  /// @throws IllegalArgumentException for fewer than two axes
  public static Tensor kaimingUniform(int... shape) {
    double bound = Math.sqrt(6.0 / fanIn(shape));
    return uniform(-bound, bound, shape);
  }

  /// As [#kaimingUniform], normal.
  /// ```java
  /// Tensor.kaimingNormal(64, 32).shape();   // (64, 32)
  /// ```
  /// @throws IllegalArgumentException for fewer than two axes
  public static Tensor kaimingNormal(int... shape) {
    return normal(0, Math.sqrt(2.0 / fanIn(shape)), shape);
  }

  /// Weights (out, in, ...): uniform with variance 2 / (fanIn + fanOut) (Glorot and Bengio, 2010).
  /// ```java
  /// Tensor.xavierUniform(64, 32).shape();   // (64, 32)
  /// ```
  /// @throws IllegalArgumentException for fewer than two axes
  public static Tensor xavierUniform(int... shape) {
    double bound = Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
    return uniform(-bound, bound, shape);
  }

  /// As [#xavierUniform], normal.
  /// ```java
  /// Tensor.xavierNormal(64, 32).shape();   // (64, 32)
  /// ```
  /// @throws IllegalArgumentException for fewer than two axes
  public static Tensor xavierNormal(int... shape) {
    return normal(0, Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape))), shape);
  }

  private static double fanIn(int... shape) {
    return (double) Shape.of(shape).elements() / requireMatrix(shape)[0];
  }

  private static double fanOut(int... shape) {
    return (double) Shape.of(shape).elements() / requireMatrix(shape)[1];
  }

  private static int[] requireMatrix(int... shape) {
    if (shape.length < 2) {
      throw new IllegalArgumentException("weights are (out, in, ...), not " + Shape.of(shape));
    }
    return shape;
  }
}
