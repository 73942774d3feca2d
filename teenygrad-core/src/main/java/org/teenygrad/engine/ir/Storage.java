package org.teenygrad.engine.ir;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;

/// The identity of a tensor's data: what a BUFFER node stands for. Two storages are the same only if they are one object.
///
/// A storage is one version of the data: it is written once, by the kernel or the host copy that fills it, and an ASSIGN
/// gives a new storage. The new one may take over the old one's memory; the old one is then [#overwritten].
public final class Storage {
  private static final AtomicLong COUNTER = new AtomicLong();

  private final long id = COUNTER.incrementAndGet();
  private final DType dtype;
  private final Shape shape;
  private final Device device;
  private final @Nullable Sharding sharding;
  private volatile @Nullable Memory memory;
  private volatile boolean overwritten;

  public Storage(DType dtype, Shape shape, Device device) {
    this(dtype, shape, device, null);
  }

  /// @param shape of the whole tensor
  /// @param sharding how it lies on a mesh, one of whose ranks this is the memory of; null for a tensor of no mesh. What is whole
  ///     on each rank is taken for such a tensor
  public Storage(DType dtype, Shape shape, Device device, @Nullable Sharding sharding) {
    this.dtype = dtype;
    this.shape = shape;
    this.device = device;
    this.sharding = sharding == null || sharding.isReplicated() ? null : sharding;
  }

  /// What holds the bytes; the runtime's buffers are the implementations.
  public interface Memory {
    long bytes();
  }

  public DType dtype() {
    return dtype;
  }

  public Shape shape() {
    return shape;
  }

  public Device device() {
    return device;
  }

  public @Nullable Sharding sharding() {
    return sharding;
  }

  /// The shape of what is in this memory: all of the tensor, or this rank's part.
  public Shape local() {
    return sharding == null ? shape : sharding.local(shape);
  }

  /// How much memory that takes.
  public long bytes() {
    return local().elements() * dtype.bytes();
  }

  /// The memory with the data, or null if it is overwritten or not yet written.
  public @Nullable Memory memory() {
    return memory;
  }

  public void fill(Memory filled) {
    memory = filled;
  }

  /// Gives the memory up to a newer version.
  public void overwrite() {
    overwritten = true;
    memory = null;
  }

  public boolean overwritten() {
    return overwritten;
  }

  /// The number that tells it from others, and where it is: `#7@cpu`.
  String name() {
    return "#" + id + "@" + device;
  }

  @Override
  public String toString() {
    return "#" + id + " " + dtype + shape + "@" + device;
  }
}
