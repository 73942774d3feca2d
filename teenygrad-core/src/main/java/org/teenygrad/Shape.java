package org.teenygrad;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The sizes of a tensor's axes, outermost first; a scalar has none. Immutable, compared by value.
public final class Shape {
  /// The shape of a scalar.
  public static final Shape SCALAR = new Shape(new int[0]);

  private final int[] sizes;

  private Shape(int[] sizes) {
    this.sizes = sizes;
  }

  /// The shape with these sizes.
  /// @throws IllegalArgumentException if a size is negative or the number of elements does not fit a `long`
  public static Shape of(int... sizes) {
    long elements = 1;
    for (int size : sizes) {
      if (size < 0) {
        throw new IllegalArgumentException("shape " + Arrays.toString(sizes) + " has a negative size");
      }
      if (Math.multiplyHigh(elements, Math.max(1L, size)) != 0 || elements * Math.max(1L, size) < 0) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(sizes) + " has " + product(sizes) + " elements, more than 2^63 - 1");
      }
      elements *= Math.max(1L, size);
    }
    return sizes.length == 0 ? SCALAR : new Shape(sizes.clone());
  }

  private static BigInteger product(int... sizes) {
    return Arrays.stream(sizes).filter(size -> size > 0).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
  }

  public static Shape of(List<Integer> sizes) {
    return of(sizes.stream().mapToInt(Integer::intValue).toArray());
  }

  /// The number of axes.
  public int rank() {
    return sizes.length;
  }

  /// The size of an axis; a negative axis counts from the last.
  public int size(int axis) {
    return sizes[axis(axis)];
  }

  /// The number of elements: the product of all sizes, 1 for a scalar.
  public long elements() {
    long elements = 1;
    for (int size : sizes) {
      elements *= size;
    }
    return elements;
  }

  /// The axis in `0..rank-1` that a possibly negative axis means.
  /// @throws IndexOutOfBoundsException if there is no such axis
  public int axis(int axis) {
    int positive = axis < 0 ? axis + sizes.length : axis;
    if (positive < 0 || positive >= sizes.length) {
      throw new IndexOutOfBoundsException(
          "axis " + axis + " of shape " + this + ": axes go from " + -sizes.length + " to " + (sizes.length - 1));
    }
    return positive;
  }

  public int[] toArray() {
    return sizes.clone();
  }

  public IntStream stream() {
    return Arrays.stream(sizes);
  }

  /// This shape with one axis' size replaced.
  public Shape with(int axis, int size) {
    int[] changed = sizes.clone();
    changed[axis(axis)] = size;
    return of(changed);
  }

  /// The number of elements between neighbours along each axis of a row-major layout.
  public long[] strides() {
    long[] strides = new long[sizes.length];
    long step = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= sizes[i];
    }
    return strides;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(sizes, that.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /// As Python writes a tuple: `(2, 3)`, `(4,)`, `()`.
  @Override
  public String toString() {
    return sizes.length == 1
        ? "(" + sizes[0] + ",)"
        : stream().mapToObj(Integer::toString).collect(Collectors.joining(", ", "(", ")"));
  }
}
