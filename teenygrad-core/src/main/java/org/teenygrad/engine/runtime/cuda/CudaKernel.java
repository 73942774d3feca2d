package org.teenygrad.engine.runtime.cuda;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Program.TensorMap;
import org.teenygrad.engine.runtime.cuda.CudaDriver.FunctionAttribute;

/// A function in a module that the driver has loaded; unloaded when nobody refers to it any more.
final class CudaKernel implements Kernel {
  private static final Cleaner CLEANER = Cleaner.create();

  /// Shared memory that a block gets without asking.
  private static final int SHARED_BYTES_UNASKED = 48 << 10;

  private final CudaStream stream;
  private final String title;
  private final Reads reads;
  private final Launch launch;
  private final long function;
  private final boolean awaitsLaunchesBefore;
  private @Nullable Parameters parameters;

  /// @param blocks in a row of the grid
  /// @param rows of the grid
  /// @param threads of a block
  /// @param sharedBytes dynamic shared memory of a block
  record Launch(long blocks, int rows, int threads, int sharedBytes) {
    Launch {
      if (blocks < 0 || blocks > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(blocks + " blocks; a GPU takes 2^31 - 1 at most");
      }
    }
  }

  /// How it reads its buffers.
  ///
  /// @param maps tensor maps, which are parameters after the pointers
  /// @param prefetched what it reads early, as [org.teenygrad.engine.runtime.Program#prefetched]
  record Reads(List<TensorMap> maps, List<Integer> prefetched) {
    /// By nothing but pointers.
    static final Reads PLAIN = new Reads(List.of(), List.of());
  }

  /// @param description what it computes
  /// @param ptx defines the function, whose parameters are a pointer for each buffer, or one that holds those of all lists
  CudaKernel(CudaStream stream, String name, String description, String ptx, Reads reads, Launch launch) {
    this.stream = stream;
    this.title = description.equals(name) ? name : name + " (" + description + ")";
    this.reads = reads;
    this.launch = launch;
    awaitsLaunchesBefore = ptx.contains("griddepcontrol.wait");
    stream.makeCurrent();
    CudaDriver.Loaded loaded = load(ptx, name);
    long library = loaded.library();
    CLEANER.register(this, () -> unload(stream, library));
    this.function = loaded.function();
    if (launch.sharedBytes() > SHARED_BYTES_UNASKED) {
      CudaDriver.funcSetAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_SIZE_BYTES, launch.sharedBytes());
    }
  }

  /// Whether its code waits for the launches that it depends on, so that it may be set up before they end.
  boolean awaitsLaunchesBefore() {
    return awaitsLaunchesBefore;
  }

  private CudaDriver.Loaded load(String ptx, String name) {
    try {
      return CudaDriver.load(ptx, name);
    } catch (CudaException e) {
      throw e.with("in the PTX of " + title + ", which TEENYGRAD_DEBUG=4 shows");
    }
  }

  private static void unload(CudaStream stream, long library) {
    stream.synchronize(); // it may be running
    CudaDriver.libraryUnload(library);
  }

  @Override
  public synchronized void run(List<List<Buffer>> lists) {
    launch(prepared(lists));
    Reference.reachabilityFence(lists);
    Reference.reachabilityFence(this);
  }

  @Override
  public synchronized long time(List<List<Buffer>> lists) {
    Parameters ready = prepared(lists);
    try (CudaEvent start = stream.record()) {
      launch(ready);
      try (CudaEvent end = stream.record()) {
        stream.synchronize();
        Reference.reachabilityFence(lists);
        Reference.reachabilityFence(this);
        return start.nanosUntil(end);
      }
    }
  }

  private Parameters prepared(List<List<Buffer>> lists) {
    Parameters known = parameters;
    if (known == null) {
      parameters = known = Parameters.of(reads, lists, false);
    } else {
      known.change(lists);
    }
    return known;
  }

  private void launch(Parameters ready) {
    if (launch.blocks() > 0) {
      stream.launch(title, function, launch, ready);
    }
  }

  /// Its name and what it computes.
  String title() {
    return title;
  }

  Reads reads() {
    return reads;
  }

  long function() {
    return function;
  }

  Launch launch() {
    return launch;
  }

  /// Registers, spilled bytes and such, of one thread.
  int attribute(FunctionAttribute attribute) {
    stream.makeCurrent();
    return CudaDriver.funcGetAttribute(attribute, function);
  }
}
