package org.teenygrad.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Semantics;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.schedule.Realizer;

/// Data in and out of BUFFER nodes, for tests below the floor of tensors.
public final class Buffers {
  private Buffers() {}

  /// A BUFFER on the device that holds these numbers, cast to the type.
  public static OpNode of(Device device, DType dtype, Shape shape, double... numbers) {
    return ofBits(device, dtype, shape, Arrays.stream(numbers).mapToLong(number -> bits(dtype, number)).toArray());
  }

  /// A BUFFER of elements given by their bits, the low ones of each `long`.
  public static OpNode ofBits(Device device, DType dtype, Shape shape, long... bits) {
    if (bits.length != shape.elements()) {
      throw new IllegalArgumentException(bits.length + " elements for shape " + shape);
    }
    Storage storage = new Storage(dtype, shape, device);
    Allocator allocator = Devices.runtime(device).allocator();
    Buffer buffer = allocator.allocate(shape.elements() * dtype.bytes());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(buffer.bytes(), 64);
      for (int i = 0; i < bits.length; i++) {
        switch (dtype.bytes()) {
          case 1 -> memory.setAtIndex(ValueLayout.JAVA_BYTE, i, (byte) bits[i]);
          case 2 -> memory.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) bits[i]);
          case 4 -> memory.setAtIndex(ValueLayout.JAVA_INT, i, (int) bits[i]);
          default -> memory.setAtIndex(ValueLayout.JAVA_LONG, i, bits[i]);
        }
      }
      allocator.copyIn(buffer, memory);
    }
    storage.fill(buffer);
    return OpNode.buffer(storage);
  }

  /// The elements of a node, computed if need be: exact for every type but int64 beyond 2^53.
  public static double[] numbers(OpNode node) {
    DType dtype = node.dtype();
    return Arrays.stream(bits(node))
        .mapToDouble(bits -> dtype.isFloating() ? Semantics.bitsToFloating(dtype, bits) : bits)
        .toArray();
  }

  /// The elements of a node, computed if need be: integers as they are, floating values by their bits.
  public static long[] bits(OpNode node) {
    Realizer.realize(List.of(node));
    Storage storage = Objects.requireNonNull(node.realized()).payload(Storage.class);
    Buffer buffer = (Buffer) Objects.requireNonNull(storage.memory());
    DType dtype = storage.dtype();
    long[] bits = new long[Math.toIntExact(storage.shape().elements())];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate((long) bits.length * dtype.bytes(), 64);
      Devices.runtime(storage.device()).allocator().copyOut(buffer, memory);
      for (int i = 0; i < bits.length; i++) {
        bits[i] =
            switch (dtype.bytes()) {
              case 1 -> memory.getAtIndex(ValueLayout.JAVA_BYTE, i);
              case 2 -> memory.getAtIndex(ValueLayout.JAVA_SHORT, i);
              case 4 -> memory.getAtIndex(ValueLayout.JAVA_INT, i);
              default -> memory.getAtIndex(ValueLayout.JAVA_LONG, i);
            };
        if (dtype == DType.UINT8) {
          bits[i] &= 0xFF;
        }
      }
    }
    return bits;
  }

  private static long bits(DType dtype, double number) {
    Object payload = Semantics.cast(dtype, number);
    return dtype.isFloating()
        ? Semantics.floatingBits(dtype, Semantics.toDouble(payload))
        : Semantics.toLong(payload);
  }
}
