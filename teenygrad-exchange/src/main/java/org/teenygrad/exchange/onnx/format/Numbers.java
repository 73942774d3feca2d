package org.teenygrad.exchange.onnx.format;

import java.util.Arrays;

/// A list of numbers that grows.
final class Numbers {
  private long[] values = {};
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.max(8, Math.toIntExact(size * 2L)));
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
