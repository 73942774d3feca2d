package org.teenygrad;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.teenygrad.ir.OpNode;
import org.teenygrad.ir.Storage;
import org.teenygrad.runtime.Buffer;
import org.teenygrad.runtime.Devices;
import org.teenygrad.runtime.Runtime;

/// Between Java arrays and the memory of devices.
final class HostData {
  private HostData() {}

  static Device defaultDevice() {
    return Devices.defaultDevice();
  }

  static Tensor tensor(float[] values, Shape shape) {
    if (values.length != shape.elements()) {
      throw new IllegalArgumentException(
          "of: " + values.length + " values do not fill shape " + shape);
    }
    return tensor(MemorySegment.ofArray(values), DType.FLOAT32, shape, defaultDevice());
  }

  /// A tensor with a storage of its own, filled with the segment's bytes.
  static Tensor tensor(MemorySegment data, DType dtype, Shape shape, Device device) {
    Runtime runtime = Devices.runtime(device);
    Buffer buffer = runtime.allocator().allocate(data.byteSize());
    runtime.allocator().copyIn(buffer, data);
    Storage storage = new Storage(dtype, shape, device);
    storage.fill(buffer);
    return Tensor.owning(storage);
  }

  /// The bytes of a realized BUFFER in row-major order.
  static MemorySegment read(OpNode buffer, Arena arena) {
    Storage storage = buffer.payload(Storage.class);
    MemorySegment bytes =
        arena.allocate(storage.shape().elements() * storage.dtype().bytes(), 64);
    if (!(storage.memory() instanceof Buffer memory)) {
      throw new IllegalStateException("the data of " + storage + " was overwritten");
    }
    Devices.runtime(storage.device()).allocator().copyOut(memory, bytes);
    return bytes;
  }
}
