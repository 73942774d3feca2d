package org.teenygrad.nn;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// The weight and the bias that a convolution starts with, uniform in ±1/sqrt(elements of one filter): what PyTorch's
/// `kaiming_uniform_` with a = √5 comes to.
record Filters(Tensor weight, @Nullable Tensor bias) {

  /// @param kernel one size for all of `axes` axes, or one for each
  static Filters of(String name, int in, int out, boolean bias, int groups, int axes, int... kernel) {
    return starting(name, out, in, out, bias, groups, axes, kernel);
  }

  static Filters transposed(String name, int in, int out, boolean bias, int groups, int axes, int... kernel) {
    return starting(name, in, out, out, bias, groups, axes, kernel);
  }

  /// A weight (first, second / groups, kernel).
  private static Filters starting(
      String name, int first, int second, int out, boolean bias, int groups, int axes, int... kernel) {
    if (groups < 1 || first < 1 || first % groups != 0 || second < 1 || second % groups != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: %d and %d channels do not divide into %d groups",
              name, first, second, groups));
    }
    if (kernel.length != 1 && kernel.length != axes || Arrays.stream(kernel).anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: a kernel has one size, or one for each of the %d axes, not %s",
              name, axes, Arrays.toString(kernel)));
    }
    IntStream sizes = IntStream.range(0, axes).map(axis -> kernel[kernel.length == 1 ? 0 : axis]);
    int[] shape = IntStream.concat(IntStream.of(first, second / groups), sizes).toArray();
    double bound = 1 / Math.sqrt(Arrays.stream(shape).skip(1).asDoubleStream().reduce(1, (a, b) -> a * b));
    Init init = Init.uniform(-bound, bound);
    return new Filters(init.parameter(shape), bias ? init.parameter(out) : null);
  }

  static List<Integer> boxed(int... numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  static int[] unboxed(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
