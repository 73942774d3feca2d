package org.teenygrad.distributed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.engine.runtime.Communicator;
import org.teenygrad.engine.runtime.Communicators;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.mpi.Mpi;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;

/// The ranks that a launcher started together, of which this process is one. PyTorch's `torch.distributed.init_process_group`.
///
/// Ranks on processors exchange data by Open MPI. A process that no launcher started is a world of one rank, which needs nothing.
///
/// ```java
/// try (World all = World.join()) {
///   Mesh grid = all.mesh(new Mesh.Axis("data", all.size()), new Mesh.Axis("model", 1));
/// }
/// ```
public final class World implements AutoCloseable {
  /// What Open MPI's launcher, or another that speaks PMIx, sets for each of its processes.
  private static final List<String> LAUNCHED = List.of("OMPI_COMM_WORLD_SIZE", "PMIX_RANK");

  /// Each fake world has a device of its own, which has planned nothing.
  private static final AtomicInteger FAKES = new AtomicInteger();

  private final int rank;
  private final int size;
  private final Device device;
  private final @Nullable Mpi mpi;

  private World(int rank, int size, Device device, @Nullable Mpi mpi) {
    this.rank = rank;
    this.size = size;
    this.device = device;
    this.mpi = mpi;
  }

  /// The world that this process was started in.
  /// @throws IllegalStateException if it was started as one of several, and there is no Open MPI, the default device is no processor or the ranks do not find each other
  public static World join() {
    return isLaunched() ? start() : new World(0, 1, Devices.defaultDevice(), null);
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
    return new World(0, size, device, null);
  }

  /// Whether a launcher started this process as one of its ranks.
  public static boolean isLaunched() {
    return LAUNCHED.stream().anyMatch(System.getenv()::containsKey);
  }

  private static World start() {
    Device device = Devices.defaultDevice();
    if (!device.name().equals("cpu")) {
      throw new IllegalStateException("several ranks compute on processors so far, not on " + device + ": choose the device cpu");
    }
    Mpi mpi = Mpi.open();
    return new World(mpi.rank(), mpi.size(), device, mpi);
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
  public Mesh mesh(Mesh.Axis... axes) {
    long devices = Arrays.stream(axes).mapToLong(Mesh.Axis::size).reduce(1, Math::multiplyExact);
    if (devices != size) {
      throw new IllegalArgumentException("mesh: " + Arrays.toString(axes) + " has " + devices + " devices, but there are " + size + " ranks");
    }
    Mesh mesh = new Mesh(List.of(axes), rank, device);
    List<Communicator> ranks = new ArrayList<>();
    for (int axis = 0; mpi != null && axis < axes.length; axis++) {
      ranks.add(mpi.split(mesh.ranks(axis).getFirst(), mesh.coordinate(axis)));
    }
    if (mpi == null && size > 1) {
      ranks.addAll(Collections.nCopies(axes.length, NullDevice.communicator()));
    }
    if (size > 1) {
      Communicators.register(mesh, ranks);
    }
    return mesh;
  }

  /// Whether it holds on any rank. To be called on all ranks.
  public boolean any(boolean here) {
    return mpi == null ? here : mpi.any(here);
  }

  /// Waits for all ranks.
  public void barrier() {
    if (mpi != null) {
      mpi.barrier();
    }
  }

  /// Says goodbye to the other ranks. A rank that ends without it takes them along.
  @Override
  public void close() {
    if (mpi != null) {
      mpi.close();
    }
  }
}
