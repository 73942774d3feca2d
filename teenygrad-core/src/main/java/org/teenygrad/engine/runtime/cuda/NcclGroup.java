package org.teenygrad.engine.runtime.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.ProcessGroup;

/// Ranks with a GPU each, which exchange data by NCCL. Exchanges have a queue of their own beside that of the kernels, so that both go on at once.
public final class NcclGroup implements ProcessGroup {
  private final int rank;
  private final int size;
  private final Device device;
  private final CudaStream kernels;
  private final CudaStream exchanges;
  private final List<NcclCommunicator> made = new ArrayList<>();
  private final NcclCommunicator all;
  private boolean together;

  private NcclGroup(int rank, int size, Device device, CudaStream kernels, byte[] uniqueId) {
    this.rank = rank;
    this.size = size;
    this.device = device;
    this.kernels = kernels;
    kernels.makeCurrent();
    exchanges = CudaStream.urgent(kernels.context());
    all = added(new NcclCommunicator(this, Nccl.commInitRank(size, uniqueId, rank)));
  }

  /// Joins the other ranks.
  /// @param device a GPU
  /// @param fromFirst brings what it is given on rank 0 to all ranks
  /// @throws IllegalStateException if there is no NCCL, or the ranks do not find each other
  public static NcclGroup join(int rank, int size, Device device, Function<byte[], byte[]> fromFirst) {
    CudaStream kernels = ((CudaAllocator) Devices.runtime(device).allocator()).stream();
    kernels.makeCurrent();
    byte[] id = fromFirst.apply(rank == 0 ? Nccl.getUniqueId() : new byte[Nccl.UNIQUE_ID_BYTES]);
    return new NcclGroup(rank, size, device, kernels, id);
  }

  private NcclCommunicator added(NcclCommunicator communicator) {
    made.add(communicator);
    return communicator;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public NcclCommunicator split(int color, int key) {
    kernels.makeCurrent();
    return added(new NcclCommunicator(this, Nccl.commSplit(all.handle(), color, key)));
  }

  @Override
  public boolean any(boolean here) {
    byte[] flag = {(byte) (here ? 1 : 0)};
    Allocator allocator = Devices.runtime(device).allocator();
    Buffer source = allocator.upload(MemorySegment.ofArray(flag));
    Buffer result = allocator.allocate(flag.length);
    all.allReduce(result, source, DType.BOOL, flag.length, OpCode.ADD);
    allocator.copyOut(result, MemorySegment.ofArray(flag));
    return flag[0] != 0;
  }

  @Override
  public void close() {
    synchronize();
    made.reversed().forEach(NcclCommunicator::destroy);
  }

  /// Hands in some calls of NCCL as one, which begins when the kernels that were handed in before have ended, and goes on beside later ones.
  void together(Runnable calls) {
    exchanges.waitFor(kernels);
    Nccl.groupStart();
    together = true;
    try {
      calls.run();
    } finally {
      together = false;
      Nccl.groupEnd();
    }
  }

  /// A call of NCCL, after the kernels before it and before those after it; within [#together] with the others there.
  void inTurn(Runnable call) {
    if (together) {
      call.run();
    } else {
      together(call);
      kernels.waitFor(exchanges);
    }
  }

  /// The queue of the exchanges.
  CudaStream exchanges() {
    return exchanges;
  }

  void synchronize() {
    kernels.synchronize();
    exchanges.synchronize();
  }
}
