package org.teenygrad.exchange.onnx.export;

import java.util.ArrayList;
import java.util.List;

/// The sizes that a model leaves open, such as that of a batch.
///
/// The graph is built for one size that is a prime number: a size that it divides is a multiple of the open one. That no other
/// number of the graph depends on it is seen when the graph of a second prime is the same.
///
/// @param sizes the open ones
record OpenSizes(List<OpenSize> sizes) {
  /// @param name such as `batch`
  /// @param prime what it is in this graph
  /// @param input the value one of whose axes has it
  record OpenSize(String name, int prime, String input, int axis) {}

  /// A size as what it is a multiple of.
  /// @param factor how many times the product of the open ones
  record Product(long factor, List<OpenSize> open) {
    boolean isFixed() {
      return open.isEmpty();
    }
  }

  Product of(long size) {
    long rest = size;
    List<OpenSize> open = new ArrayList<>();
    for (OpenSize one : sizes) {
      while (rest > 0 && rest % one.prime == 0) {
        rest /= one.prime;
        open.add(one);
      }
    }
    return new Product(rest, open);
  }

  boolean isOpen(long size) {
    return !of(size).isFixed();
  }
}
