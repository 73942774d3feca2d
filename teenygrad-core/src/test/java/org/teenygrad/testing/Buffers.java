package org.teenygrad.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.ir.OpNode;
import org.teenygrad.ir.Semantics;
import org.teenygrad.ir.Storage;
import org.teenygrad.runtime.Allocator;
import org.teenygrad.runtime.Buffer;
import org.teenygrad.runtime.Devices;
import org.teenygrad.schedule.Realizer;

/// Data in and out of BUFFER nodes, as numbers, for tests below the floor of tensors.
public final class Buffers {
  private Buffers() {}

  /// A BUFFER on the device that holds these numbers, cast to the type.
  public static OpNode of(Device device, DType dtype, Shape shape, double... numbers) {
    Storage storage = new Storage(dtype, shape, device);
    Allocator allocator = Devices.runtime(device).allocator();
    Buffer buffer = allocator.allocate(shape.elements() * dtype.bytes());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(buffer.bytes(), 64);
      for (int i = 0; i < numbers.length; i++) {
        Object payload = Semantics.cast(dtype, numbers[i]);
        long bits =
            dtype.isFloating()
                ? Semantics.floatingBits(dtype, Semantics.toDouble(payload))
                : Semantics.toLong(payload);
        for (int b = 0; b < dtype.bytes(); b++) {
          memory.set(ValueLayout.JAVA_BYTE, (long) i * dtype.bytes() + b, (byte) (bits >> 8 * b));
        }
      }
      allocator.copyIn(buffer, memory);
    }
    storage.fill(buffer);
    return OpNode.buffer(storage);
  }

  /// The elements of a node, computed if need be: exact for every type but int64 beyond 2^53.
  public static double[] numbers(OpNode node) {
    Realizer.realize(List.of(node));
    Storage storage = Objects.requireNonNull(node.realized()).payload(Storage.class);
    Buffer buffer = (Buffer) Objects.requireNonNull(storage.memory());
    DType dtype = storage.dtype();
    double[] numbers = new double[Math.toIntExact(storage.shape().elements())];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate((long) numbers.length * dtype.bytes(), 64);
      Devices.runtime(storage.device()).allocator().copyOut(buffer, memory);
      for (int i = 0; i < numbers.length; i++) {
        long bits = 0;
        for (int b = 0; b < dtype.bytes(); b++) {
          long part = memory.get(ValueLayout.JAVA_BYTE, (long) i * dtype.bytes() + b) & 0xFFL;
          bits |= part << 8 * b;
        }
        numbers[i] =
            dtype.isFloating()
                ? Semantics.bitsToFloating(dtype, bits)
                : (double) Semantics.integralToIntegral(dtype, bits);
      }
    }
    return numbers;
  }
}
