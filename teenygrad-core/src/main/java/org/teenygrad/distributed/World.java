package org.teenygrad.distributed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.engine.runtime.Communicator;
import org.teenygrad.engine.runtime.Communicators;
import org.teenygrad.engine.runtime.ControlPlane;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Heartbeat;
import org.teenygrad.engine.runtime.HeartbeatFollower;
import org.teenygrad.engine.runtime.HeartbeatLead;
import org.teenygrad.engine.runtime.ProcessGroup;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.cuda.Cuda;
import org.teenygrad.engine.runtime.cuda.NcclGroup;
import org.teenygrad.engine.runtime.mpi.Mpi;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;

/// The ranks that a launcher started together, of which this process is one. PyTorch's `torch.distributed.init_process_group`.
///
/// Ranks on GPUs have one each and exchange data by NCCL; they find each other by the variables that PyTorch's `torchrun` sets
/// (`RANK`, `WORLD_SIZE`, `LOCAL_RANK`, `MASTER_ADDR`, `MASTER_PORT`), or Slurm's `srun` or `mpirun` and the last two. Ranks on
/// processors exchange data by Open MPI, whose `mpirun` starts them. A process that no launcher started is a world of one rank,
/// which needs nothing.
///
/// ```java
/// try (World all = World.join()) {
///   Mesh grid = all.mesh(new Mesh.Axis("data", all.size()), new Mesh.Axis("model", 1));
/// }
/// ```
public final class World implements AutoCloseable {
  /// What Open MPI's launcher, or another that speaks PMIx, sets for each of its processes.
  private static final List<String> MPI = List.of("OMPI_COMM_WORLD_SIZE", "PMIX_RANK");

  /// How long to wait for ranks that start later.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Each fake world has a device of its own, which has planned nothing.
  private static final AtomicInteger FAKES = new AtomicInteger();

  private final int rank;
  private final int size;
  private final Device device;
  private final @Nullable ProcessGroup ranks;
  private final @Nullable Heartbeat heartbeat;

  private World(Device device, ProcessGroup ranks, @Nullable Heartbeat heartbeat) {
    this(ranks.rank(), ranks.size(), device, ranks, heartbeat);
  }

  private World(int rank, int size, Device device, @Nullable ProcessGroup ranks, @Nullable Heartbeat heartbeat) {
    this.heartbeat = heartbeat;
    this.rank = rank;
    this.size = size;
    this.device = device;
    this.ranks = ranks;
  }

  /// The world that this process was started in. On GPUs, the one of this rank becomes the default device.
  /// @throws IllegalStateException if it was started as one of several, and there is no NCCL or Open MPI, or the ranks do not find
  ///     each other or run unlike versions of the program
  public static World join() {
    Device device = Devices.defaultDevice();
    if (device.name().equals("cpu") && isMpis()) {
      return ofMpi(device);
    }
    Launched launched = Launched.from(System.getenv());
    if (launched == null) {
      return new World(0, 1, device, null, null);
    }
    if (!device.name().startsWith("cuda")) {
      throw new IllegalStateException("ranks on " + device + " cannot be started so: those on processors are started by mpirun, those on GPUs by"
          + " `teenygrad launch`, torchrun, srun or mpirun");
    }
    Device own = Cuda.device(launched.localRank());
    Devices.useByDefault(own);
    Rendezvous hosts = Rendezvous.join(launched, PATIENCE);
    Heartbeat heartbeat = watched(hosts, launched.rank(), launched.size());
    return new World(own, NcclGroup.join(launched.rank(), launched.size(), own, hosts), heartbeat);
  }

  /// A world whose other ranks are not there, and whose device runs nothing: programs are planned as rank 0 of so many, see [StepPlan].
  /// @param cluster for whose accelerators kernels are planned
  /// @throws IllegalArgumentException if there is no rank
  public static World fake(int size, Cluster cluster) {
    if (size < 1) {
      throw new IllegalArgumentException("a fake world of " + size + " ranks; there is at least one");
    }
    Cluster.Accelerator gpu = cluster.accelerator();
    Device device = Device.of("fake-" + FAKES.incrementAndGet());
    Target target = new Target.Gpu(gpu.multiprocessors(), gpu.sharedBytes(), Target.Rung.TENSOR_MEMORY);
    Devices.register(device.name(), opened -> NullDevice.open(opened, target, program -> {}));
    return new World(0, size, device, null, null);
  }

  /// Whether a launcher started this process as one of its ranks.
  public static boolean isLaunched() {
    return isMpis() || Launched.from(System.getenv()) != null;
  }

  private static boolean isMpis() {
    return MPI.stream().anyMatch(System.getenv()::containsKey);
  }

  private static World ofMpi(Device device) {
    Mpi mpi = Mpi.open();
    return new World(device, mpi, mpi.size() > 1 ? watched(mpi, mpi.rank(), mpi.size()) : null);
  }

  /// From here on all ranks hear of one that fails.
  /// @throws IllegalStateException if one runs an unlike version of the program
  private static Heartbeat watched(ControlPlane hosts, int rank, int size) {
    Heartbeat.Timing timing = Heartbeat.Timing.usual();
    HeartbeatLead lead = rank == 0 ? HeartbeatLead.of(size, timing) : null;
    String contact = hosts.told(lead == null ? "" : lead.contact());
    Heartbeat heartbeat = lead == null ? HeartbeatFollower.join(contact, rank, timing) : lead;
    hosts.barrier();
    hosts.watch(heartbeat);
    requireAlike(hosts, rank, ProgramHash.text(), "the program of rank %2$d (hash %1$s) is another than that of rank 0 (%3$s): install one version on all hosts");
    return heartbeat;
  }

  /// Compares with what rank 0 has, on all ranks.
  /// @param sentence of what this rank has, its number and what rank 0 has
  /// @throws IllegalStateException if a rank has something else
  static void requireAlike(ControlPlane hosts, int rank, String here, String sentence) {
    String first = hosts.told(here);
    boolean unlike = !here.equals(first);
    if (hosts.any(unlike)) {
      throw new IllegalStateException(unlike ? String.format(Locale.ROOT, sentence, here, rank, first) : "rank " + rank + " ends: another rank runs something else, and says so");
    }
  }

  /// Which of the ranks this process is, from 0.
  public int rank() {
    return rank;
  }

  /// How many ranks there are.
  public int size() {
    return size;
  }

  /// Where this rank computes.
  public Device device() {
    return device;
  }

  /// All ranks along one axis. To be called on all ranks.
  public Mesh mesh(String name) {
    return mesh(new Mesh.Axis(name, size));
  }

  /// All ranks in a grid. To be called on all ranks.
  /// @param axes outermost first; their sizes multiply to [#size()]
  /// @throws IllegalArgumentException if they do not, or two have one name
  /// @throws IllegalStateException if another rank makes another mesh
  public Mesh mesh(Mesh.Axis... axes) {
    long devices = Arrays.stream(axes).mapToLong(Mesh.Axis::size).reduce(1, Math::multiplyExact);
    if (devices != size) {
      throw new IllegalArgumentException("mesh: " + Arrays.toString(axes) + " has " + devices + " devices, but there are " + size + " ranks");
    }
    Mesh mesh = new Mesh(List.of(axes), rank, device);
    if (ranks != null && size > 1) {
      requireAlike(ranks, rank, mesh.toString(), "mesh: %s on rank %d, but %s on rank 0; all ranks make the same meshes");
    }
    if (size > 1) {
      List<Communicator> along = new ArrayList<>();
      for (int axis = 0; axis < axes.length; axis++) {
        along.add(ranks == null ? NullDevice.communicator() : ranks.split(mesh.ranks(axis).getFirst(), mesh.coordinate(axis)));
      }
      Communicators.register(mesh, along);
    }
    return mesh;
  }

  /// Whether it holds on any rank. To be called on all ranks.
  public boolean any(boolean here) {
    return ranks == null ? here : ranks.any(here);
  }

  /// Waits for all ranks.
  public void barrier() {
    if (ranks != null) {
      ranks.barrier();
    }
  }

  /// Says goodbye to the other ranks, when all have come to this. A rank that ends without it takes them along.
  /// @throws org.teenygrad.RankFailedException if another rank fails before it comes to this
  @Override
  public void close() {
    if (ranks != null) {
      ranks.barrier(); // whoever waits in it hears of failures
      ranks.close();
    }
    if (heartbeat != null) {
      heartbeat.close();
    }
  }
}
