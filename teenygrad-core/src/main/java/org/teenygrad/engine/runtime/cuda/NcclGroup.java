package org.teenygrad.engine.runtime.cuda;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.ControlPlane;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Heartbeat;
import org.teenygrad.engine.runtime.ProcessGroup;

/// Ranks with a GPU each, which exchange data by NCCL. Exchanges have a queue of their own beside that of the kernels, so that both
/// go on at once.
public final class NcclGroup implements ProcessGroup {
  private final int rank;
  private final int size;
  private final ControlPlane hosts;
  private final CudaStream kernels;
  private final CudaStream exchanges;
  private final List<NcclCommunicator> made = new ArrayList<>();
  private final NcclCommunicator all;
  private boolean together;

  private NcclGroup(int rank, int size, ControlPlane hosts, CudaStream kernels, String uniqueId) {
    this.rank = rank;
    this.size = size;
    this.hosts = hosts;
    this.kernels = kernels;
    kernels.makeCurrent();
    exchanges = CudaStream.urgent(kernels.context());
    all = added(new NcclCommunicator(this, Nccl.commInitRank(size, HexFormat.of().parseHex(uniqueId), rank)));
  }

  /// Joins the other ranks.
  /// @param device a GPU
  /// @param hosts of all ranks, which find each other's GPUs by it
  /// @throws IllegalStateException if there is no NCCL, or the ranks do not find each other
  public static NcclGroup join(int rank, int size, Device device, ControlPlane hosts) {
    CudaStream kernels = ((CudaAllocator) Devices.runtime(device).allocator()).stream();
    kernels.makeCurrent();
    String id = hosts.told(rank == 0 ? HexFormat.of().formatHex(Nccl.getUniqueId()) : "");
    return new NcclGroup(rank, size, hosts, kernels, id);
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
  public String told(String text) {
    return hosts.told(text);
  }

  @Override
  public boolean any(boolean here) {
    return hosts.any(here);
  }

  @Override
  public void watch(Heartbeat heartbeat) {
    hosts.watch(heartbeat);
  }

  @Override
  public void close() {
    synchronize();
    made.reversed().forEach(NcclCommunicator::destroy);
    hosts.close();
  }

  /// Hands in some calls of NCCL as one, which begins when the kernels that were handed in before have ended, and goes on beside
  /// later ones.
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
