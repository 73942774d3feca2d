package org.teenygrad.models.settings;

/// What values a setting may have; messages name it as files do.
///
/// ```java
/// Limits.atLeast(1, "n_layer", 12);
/// Limits.atLeast(1, "n_layer", 0);   // throws: n_layer must be at least 1, not 0
/// ```
public final class Limits {
  private Limits() {}

  /// @throws IllegalArgumentException if it is less
  public static void atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
    }
  }

  /// @throws IllegalArgumentException if it is negative or not finite
  public static void notNegative(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be a finite number of 0 or more, not " + value);
    }
  }

  /// A part of a whole, all of it included.
  /// @throws IllegalArgumentException if it is not in 0..1
  public static void share(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be in 0..1, not " + value);
    }
  }

  /// A factor or probability that never is 1.
  /// @throws IllegalArgumentException if it is not in 0..1, or 1
  public static void belowOne(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be at least 0 and below 1, not " + value);
    }
  }
}
