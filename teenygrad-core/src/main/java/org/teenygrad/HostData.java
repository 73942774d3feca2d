package org.teenygrad;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.HostBuffer;
import org.teenygrad.host.HostArray;

/// Copies between Java and the memory of devices.
final class HostData {
  private HostData() {}

  /// A tensor with a storage of its own, filled with the segment's bytes.
  static Tensor tensor(MemorySegment data, DType dtype, Shape shape, Device device) {
    if (data.byteSize() != Math.multiplyExact(shape.elements(), (long) dtype.bytes())) {
      throw new IllegalArgumentException(
          "of: " + data.byteSize() / dtype.bytes() + " values of " + dtype + " do not fill shape " + shape
              + ", which has " + shape.elements());
    }
    Storage storage = new Storage(dtype, shape, device);
    try {
      long start = Activity.begin();
      storage.fill(Devices.runtime(device).allocator().upload(data));
      Activity.copied(device, Activity.Way.TO_DEVICE, data.byteSize(), start);
    } catch (OutOfMemoryException e) {
      throw new OutOfMemoryException("a tensor of " + dtype + shape + ": " + e.getMessage());
    }
    return Tensor.owning(storage);
  }

  /// A tensor of what is in memory of the host, which becomes its own where that is the device's.
  static Tensor owning(HostBuffer buffer, DType dtype, Shape shape, Device device) {
    if (Devices.runtime(device).allocator().hostView(buffer) == null) {
      Tensor copy = tensor(buffer.segment(), dtype, shape, device);
      buffer.free();
      return copy;
    }
    Storage storage = new Storage(dtype, shape, device);
    storage.fill(buffer);
    return Tensor.owning(storage);
  }

  /// What a reader makes of the tensor's values, which are computed if need be and gone afterwards.
  static <T> T read(Tensor tensor, Function<HostArray, T> reader) {
    Storage storage = whole(tensor);
    Buffer memory = memory(storage);
    MemorySegment view = Devices.runtime(storage.device()).allocator().hostView(memory);
    if (view == null) {
      try (Arena arena = Arena.ofConfined()) {
        return reader.apply(new HostArray(bytes(storage, arena, null), tensor.dtype(), tensor.shape()));
      }
    }
    long start = Activity.begin();
    T read = reader.apply(new HostArray(view.asSlice(0, storage.bytes()), tensor.dtype(), tensor.shape()));
    Reference.reachabilityFence(memory);
    Activity.copied(storage.device(), Activity.Way.TO_HOST, storage.bytes(), start);
    return read;
  }

  /// As [#read], of a tensor with one element.
  static <T> T readOne(Tensor tensor, Function<HostArray, T> reader) {
    requireOne(tensor);
    return read(tensor, reader);
  }

  static void requireOne(Tensor tensor) {
    if (tensor.numel() != 1) {
      throw new IllegalStateException(
          "item: shape " + tensor.shape() + " has " + tensor.numel() + " elements, not one; use data()");
    }
  }

  /// The bytes of the tensor's values in row-major order.
  static MemorySegment bytes(Tensor tensor, Arena arena) {
    return bytes(whole(tensor), arena, null);
  }

  /// What holds all of a tensor's values, which are computed if need be.
  static Storage whole(Tensor tensor) {
    Storage storage = storage(tensor.realize());
    if (storage.sharding() != null) {
      throw new IllegalStateException("this rank has a part of " + storage.dtype() + storage.shape() + " (" + storage.sharding() + "); gather() it on all ranks to read it");
    }
    return storage;
  }

  /// @param after where in the device's queue they are finished; null for its end
  static MemorySegment bytes(Storage storage, Arena arena, Allocator.@Nullable Mark after) {
    Buffer memory = memory(storage);
    MemorySegment bytes = arena.allocate(storage.bytes(), 64);
    Allocator allocator = Devices.runtime(storage.device()).allocator();
    long start = Activity.begin();
    if (after == null) {
      allocator.copyOut(memory, bytes);
    } else {
      allocator.copyOut(memory, bytes, after);
    }
    Activity.copied(storage.device(), Activity.Way.TO_HOST, bytes.byteSize(), start);
    return bytes;
  }

  /// What holds the values of a tensor that was computed.
  static Storage storage(Tensor computed) {
    OpNode node = computed.node();
    return (node.is(OpCode.BUFFER) ? node : Objects.requireNonNull(node.realized())).payload(Storage.class);
  }

  /// @throws IllegalStateException if it has been given up
  static Buffer memory(Storage storage) {
    if (storage.memory() instanceof Buffer memory) {
      return memory;
    }
    throw new IllegalStateException("the data of " + storage + " is gone: an update() has taken over its memory");
  }
}
