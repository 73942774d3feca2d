package org.teenygrad.engine.runtime.mpi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Heartbeat;
import org.teenygrad.engine.runtime.ProcessGroup;

/// Open MPI's library: all of it that is called. Its ABI (versions 2 to 5) has handles that are addresses of exported objects, such as
/// `ompi_mpi_comm_world`; other MPIs have others and are refused.
@SuppressWarnings("restricted")
public final class Mpi implements ProcessGroup {
  /// `MPI_THREAD_SERIALIZED`: any thread may call, one at a time.
  private static final int SERIALIZED = 2;

  private static final int RTLD_NOW = 2;
  private static final int RTLD_GLOBAL = 0x100;
  private static final List<String> NAMES = List.of("libmpi.so.40", "libmpi.so.80", "libmpi.so");

  private static @Nullable Mpi open;

  private final LongAdder exchangedBytes = new LongAdder();
  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup library;
  private final MethodHandle rank;
  private final MethodHandle size;
  private final MethodHandle split;
  private final MethodHandle barrier;
  private final MethodHandle allReduce;
  private final MethodHandle allGather;
  private final MethodHandle reduceScatter;
  private final MethodHandle allToAll;

  private @Nullable Heartbeat heartbeat;

  private Mpi(SymbolLookup library) {
    this.library = library;
    rank = function("MPI_Comm_rank", ADDRESS, ADDRESS);
    size = function("MPI_Comm_size", ADDRESS, ADDRESS);
    split = function("MPI_Comm_split", ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    barrier = function("MPI_Barrier", ADDRESS);
    allReduce = function("MPI_Allreduce", ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    allGather = function("MPI_Allgather", ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    reduceScatter = function("MPI_Reduce_scatter_block", ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    allToAll = function("MPI_Alltoall", ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
  }

  /// The library, which the first call opens and initializes: this process becomes a rank of those that a launcher started together.
  /// @throws IllegalStateException if there is no Open MPI
  public static synchronized Mpi open() {
    Mpi mpi = open;
    if (mpi == null) {
      mpi = new Mpi(load());
      mpi.initialize();
      open = mpi;
    }
    return mpi;
  }

  /// Open MPI's own plug-ins look for its symbols among the global ones.
  private static SymbolLookup load() {
    Linker linker = Linker.nativeLinker();
    MethodHandle dlopen = linker.downcallHandle(linker.defaultLookup().findOrThrow("dlopen"), FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      for (String name : NAMES) {
        MemorySegment handle = (MemorySegment) dlopen.invokeExact(arena.allocateFrom(name), RTLD_NOW | RTLD_GLOBAL);
        if (handle.address() != 0) {
          SymbolLookup library = SymbolLookup.libraryLookup(name, Arena.global());
          if (library.find("ompi_mpi_comm_world").isPresent()) {
            return library;
          }
        }
      }
    } catch (Throwable e) {
      throw new IllegalStateException("MPI: " + e.getMessage(), e);
    }
    throw new IllegalStateException("ranks on processors exchange data by Open MPI, which is not installed: Debian's package is openmpi-bin");
  }

  private MethodHandle function(String name, MemoryLayout... arguments) {
    return linker.downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  MemorySegment symbol(String name) {
    return library.findOrThrow(name);
  }

  private void initialize() {
    MethodHandle initialize = function("MPI_Init_thread", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment provided = arena.allocate(JAVA_INT);
      check("MPI_Init_thread", (int) initialize.invokeExact(MemorySegment.NULL, MemorySegment.NULL, SERIALIZED, provided));
      MethodHandle handler = function("MPI_Comm_set_errhandler", ADDRESS, ADDRESS);
      check("MPI_Comm_set_errhandler", (int) handler.invokeExact(world(), symbol("ompi_mpi_errors_return")));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// All ranks.
  MemorySegment world() {
    return symbol("ompi_mpi_comm_world");
  }

  @Override
  public int rank() {
    return number(rank, "MPI_Comm_rank", world());
  }

  @Override
  public int size() {
    return number(size, "MPI_Comm_size", world());
  }

  private int number(MethodHandle function, String name, MemorySegment ranks) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_INT);
      check(name, (int) function.invokeExact(ranks, result));
      return result.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public void watch(Heartbeat beating) {
    heartbeat = beating;
  }

  /// One call of the library that waits for other ranks.
  private interface Waiting {
    int run() throws Throwable;
  }

  /// Waits as long as the library does: where another rank fails meanwhile, the heartbeat ends this process.
  /// @throws org.teenygrad.RankFailedException if another rank has failed
  private void exchange(String what, Waiting call) throws Throwable {
    Heartbeat beating = heartbeat;
    if (beating != null) {
      beating.begin();
    }
    check(what, call.run());
    if (beating != null) {
      beating.end();
    }
  }

  /// How many bytes this rank has exchanged by communicators: of each collective those of the whole, which all-reduce combines,
  /// all-gather has afterwards, and reduce-scatter and all-to-all had before.
  public long exchangedBytes() {
    return exchangedBytes.sum();
  }

  void exchanged(long bytes) {
    exchangedBytes.add(bytes);
  }

  /// The largest of all ranks, number by number.
  /// @param here as many as on all other ranks
  private int[] max(int... here) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocateFrom(JAVA_INT, here);
      MemorySegment result = arena.allocate(JAVA_INT, here.length);
      allReduce(source, result, here.length, symbol("ompi_mpi_int32_t"), symbol("ompi_mpi_op_max"), world());
      return result.toArray(JAVA_INT);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public String told(String text) {
    boolean leads = rank() == 0;
    int[] characters = new int[max(leads ? text.length() : 0)[0]];
    for (int i = 0; leads && i < text.length(); i++) {
      characters[i] = text.charAt(i);
    }
    int[] told = max(characters);
    return new String(told, 0, told.length);
  }

  @Override
  public boolean any(boolean here) {
    return max(here ? 1 : 0)[0] != 0;
  }

  @Override
  public void barrier() {
    try {
      exchange("MPI_Barrier", () -> (int) barrier.invokeExact(world()));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public MpiCommunicator split(int color, int key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ADDRESS);
      check("MPI_Comm_split", (int) split.invokeExact(world(), color, key, result));
      MemorySegment ranks = result.get(ADDRESS, 0);
      return new MpiCommunicator(this, ranks, number(size, "MPI_Comm_size", ranks));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    try {
      check("MPI_Finalize", (int) function("MPI_Finalize").invokeExact());
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  void allReduce(MemorySegment source, MemorySegment result, int count, MemorySegment type, MemorySegment combine, MemorySegment ranks) throws Throwable {
    exchange("MPI_Allreduce", () -> (int) allReduce.invokeExact(source, result, count, type, combine, ranks));
  }

  void allGather(MemorySegment source, MemorySegment result, int count, MemorySegment type, MemorySegment ranks) throws Throwable {
    exchange("MPI_Allgather", () -> (int) allGather.invokeExact(source, count, type, result, count, type, ranks));
  }

  void reduceScatter(MemorySegment source, MemorySegment result, int count, MemorySegment type, MemorySegment combine, MemorySegment ranks) throws Throwable {
    exchange("MPI_Reduce_scatter_block", () -> (int) reduceScatter.invokeExact(source, result, count, type, combine, ranks));
  }

  void allToAll(MemorySegment source, MemorySegment result, int count, MemorySegment type, MemorySegment ranks) throws Throwable {
    exchange("MPI_Alltoall", () -> (int) allToAll.invokeExact(source, count, type, result, count, type, ranks));
  }

  private void check(String what, int code) throws Throwable {
    if (code == 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(512);
      MemorySegment length = arena.allocate(JAVA_INT);
      MethodHandle words = function("MPI_Error_string", JAVA_INT, ADDRESS, ADDRESS);
      boolean isKnown = (int) words.invokeExact(code, text, length) == 0;
      throw new IllegalStateException(what + ": " + (isKnown ? text.getString(0) : "error " + code));
    }
  }

  static RuntimeException failed(Throwable e) {
    return e instanceof RuntimeException known ? known : new IllegalStateException("MPI: " + e.getMessage(), e);
  }
}
