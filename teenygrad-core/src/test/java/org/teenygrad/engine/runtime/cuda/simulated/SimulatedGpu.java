package org.teenygrad.engine.runtime.cuda.simulated;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.schedule.Recording;

/// A GPU whose kernels are interpreted: each warp of a block runs to where its threads have to wait - a barrier, a shuffle, a matrix instruction, an mbarrier -,
/// then another one does. A barrier that not all threads reach, a shuffle in a branch, an access outside a buffer and a read of shared memory before the barrier
/// behind its write are found; asynchronous copies come as late as they may. Meant for some thousands of elements.
///
/// On Hopper, two blocks may be a [Cluster], bulk copies by tensor maps come when chance wants it, at the latest when nobody can go on without, and what nobody waited for must not be touched:
/// memory that tensor cores read until their products are waited for, memory that copies write until an mbarrier says that they have come
/// ([SharedMemory]). Where nobody can go on, the error says who waits for what.
///
/// This runs what was written of a kernel's tiles (STAGE, FRAGMENT, MMA, AWAIT...), instruction by instruction: slots of a pipeline, layouts of
/// registers, order of copies and barriers. What the nodes of tiles mean without any of that is for the
/// [org.teenygrad.engine.runtime.interpreter.Interpreter] to say, whose results are the ones to compare with.
public final class SimulatedGpu {
  private static final Device PLAIN = device("simulated-gpu", new Target.Gpu(2, 99 << 10, Target.Rung.REGISTERS));
  private static final Device TENSOR_CORES = device("simulated-tensor-cores", new Target.Gpu(2, 99 << 10, Target.Rung.WARP));
  private static final Device HOPPER = device("simulated-hopper", new Target.Gpu(4, 227 << 10, Target.Rung.TENSOR_MEMORY));
  private static final Device SMALL_HOPPER = device("simulated-small-hopper", new Target.Gpu(2, 227 << 10, Target.Rung.TENSOR_MEMORY));

  private static Device device(String name, Target.Gpu target) {
    Devices.register(name, device -> new Runtime(device, HostAllocator.shared(), target.withFloat8(), program -> {
      Module module = new Module(program.source());
      PROGRAMS.put(program.name(), program);
      return lists -> run(program, module, lists);
    }));
    return Device.of(name);
  }

  /// Changes which warps go first and when copies come.
  private static final long SEED = Long.getLong("teenygrad.fuzz.first", 0);

  /// All that were compiled, by their names.
  private static final Map<String, Program> PROGRAMS = new ConcurrentHashMap<>();

  private SimulatedGpu() {}

  /// What an action launches on any of these devices, in order.
  public static List<Program> launches(Runnable action) {
    return Recording.of(action).launches().stream().map(launch -> PROGRAMS.get(launch.facts().name())).filter(Objects::nonNull).toList();
  }

  /// One whose threads multiply by themselves.
  public static Device device() {
    return PLAIN;
  }

  /// One with the matrix units of a warp.
  public static Device withTensorCores() {
    return TENSOR_CORES;
  }

  /// An H200 with four multiprocessors, so that blocks that stay have several tiles.
  public static Device hopper() {
    return HOPPER;
  }

  /// One with two, so that they are a cluster for products of some length.
  public static Device smallHopper() {
    return SMALL_HOPPER;
  }

  private static void run(Program program, Module module, List<List<Buffer>> lists) {
    boolean together = program.graphs().size() > 1;
    Random random = new Random(program.name().hashCode() + SEED);
    requireNoFlags(program, lists);
    for (List<List<Buffer>> list : together ? List.of(lists) : lists.stream().map(List::of).toList()) {
      Launch launch = Launch.of(program, module, list, random.nextBoolean());
      int rows = together ? program.launch().times() : 1;
      for (int row = 0; row < rows; row++) {
        for (int block = 0; block < program.launch().items(); block += module.cluster) {
          new Cluster(launch, block, row, random).run();
        }
      }
    }
    requireNoFlags(program, lists);
  }

  /// What blocks exchange sums through is the next launch's as well.
  @SuppressWarnings("restricted")
  private static void requireNoFlags(Program program, List<List<Buffer>> lists) {
    if (program.exchangeBytes() > 0) {
      MemorySegment flags = MemorySegment.ofAddress(lists.getFirst().getLast().address()).reinterpret(Program.EXCHANGE_FLAG_BYTES);
      if (flags.mismatch(MemorySegment.ofArray(new byte[(int) Program.EXCHANGE_FLAG_BYTES])) >= 0) {
        throw new IllegalStateException(program.name() + ": a flag of the memory that launches share is set before or after it");
      }
    }
  }
}
