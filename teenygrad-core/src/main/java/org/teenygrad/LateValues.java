package org.teenygrad;

import java.lang.foreign.Arena;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.host.HostArray;

/// What a reader makes of the values of a tensor that a device may still be computing.
final class LateValues<T> implements Supplier<T> {
  private final Storage storage;
  private final Function<HostArray, T> reader;

  /// Where in the device's queue they are finished; null when they have been read.
  private Allocator.@Nullable Mark computed;

  private @Nullable T values;

  private LateValues(Storage storage, Function<HostArray, T> reader, Allocator.Mark computed) {
    this.storage = storage;
    this.reader = reader;
    this.computed = computed;
  }

  static <T> LateValues<T> of(Tensor tensor, Function<HostArray, T> reader) {
    Storage storage = HostData.whole(tensor);
    return new LateValues<>(storage, reader, Devices.runtime(storage.device()).allocator().mark());
  }

  @Override
  public T get() {
    Allocator.Mark mark = computed;
    if (mark != null) {
      try (mark; Arena arena = Arena.ofConfined()) {
        values = reader.apply(new HostArray(HostData.bytes(storage, arena, mark), storage.dtype(), storage.shape()));
      }
      computed = null;
    }
    return Objects.requireNonNull(values);
  }
}
