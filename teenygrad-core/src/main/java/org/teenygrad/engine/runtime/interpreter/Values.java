package org.teenygrad.engine.runtime.interpreter;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Semantics;

/// The elements of one tensor in row-major order, each rounded or wrapped to the tensor's type.
sealed interface Values {
  int length();

  /// The elements at these positions, in their order; a negative position gives 0.
  Values select(int[] positions);

  /// Element i as the payload of a CONST.
  Object payload(DType dtype, int i);

  /// Elements of a floating type.
  record Floats(double[] array) implements Values {
    @Override
    public int length() {
      return array.length;
    }

    @Override
    public Floats select(int[] positions) {
      double[] selected = new double[positions.length];
      for (int i = 0; i < selected.length; i++) {
        selected[i] = positions[i] < 0 ? 0 : array[positions[i]];
      }
      return new Floats(selected);
    }

    @Override
    public Object payload(DType dtype, int i) {
      return array[i];
    }
  }

  /// Elements of an integer type, or of bool as 0 and 1.
  record Integers(long[] array) implements Values {
    @Override
    public int length() {
      return array.length;
    }

    @Override
    public Integers select(int[] positions) {
      long[] selected = new long[positions.length];
      for (int i = 0; i < selected.length; i++) {
        selected[i] = positions[i] < 0 ? 0 : array[positions[i]];
      }
      return new Integers(selected);
    }

    @Override
    public Object payload(DType dtype, int i) {
      return Semantics.cast(dtype, array[i]);
    }
  }

  /// `length` times the same value.
  static Values filled(DType dtype, int length, Object payload) {
    Values values = zeros(dtype, length);
    for (int i = 0; i < length; i++) {
      values.set(i, payload);
    }
    return values;
  }

  static Values zeros(DType dtype, int length) {
    return dtype.isFloating() ? new Floats(new double[length]) : new Integers(new long[length]);
  }

  default void set(int i, Object payload) {
    switch (this) {
      case Floats(double[] array) -> array[i] = Semantics.toDouble(payload);
      case Integers(long[] array) -> array[i] = Semantics.toLong(payload);
    }
  }

  /// The elements that a device's memory holds.
  static Values load(DType dtype, int length, MemorySegment memory) {
    Values values = zeros(dtype, length);
    switch (values) {
      case Floats(double[] array) -> {
        for (int i = 0; i < length; i++) {
          array[i] = Semantics.bitsToFloating(dtype, loadBits(dtype, memory, i));
        }
      }
      case Integers(long[] array) -> {
        for (int i = 0; i < length; i++) {
          array[i] = Semantics.integralToIntegral(dtype, loadBits(dtype, memory, i));
        }
      }
    }
    return values;
  }

  default void store(DType dtype, MemorySegment memory) {
    for (int i = 0; i < length(); i++) {
      long bits =
          switch (this) {
            case Floats(double[] array) -> Semantics.floatingBits(dtype, array[i]);
            case Integers(long[] array) -> array[i];
          };
      switch (dtype.bytes()) {
        case 1 -> memory.set(ValueLayout.JAVA_BYTE, i, (byte) bits);
        case 2 -> memory.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i, (short) bits);
        case 4 -> memory.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, (int) bits);
        default -> memory.setAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i, bits);
      }
    }
  }

  private static long loadBits(DType dtype, MemorySegment memory, int i) {
    return switch (dtype.bytes()) {
      case 1 -> memory.get(ValueLayout.JAVA_BYTE, i);
      case 2 -> memory.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i);
      case 4 -> memory.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
      default -> memory.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i);
    };
  }
}
