package org.teenygrad.engine.runtime.cpu;


import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.teenygrad.engine.runtime.llvm.KernelCache;
import org.teenygrad.engine.runtime.llvm.Kernels;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;
import org.teenygrad.engine.runtime.llvm.ObjectCode;

/// Prints what compiling, linking and dispatching a kernel cost on this machine. Not a test: run
/// its `main`.
final class Timings {
  private static final String NOTHING =
      "define void @nothing(ptr %a, i64 %b, i64 %e, ptr %s) {\n  ret void\n}\n";

  private Timings() {}

  public static void main(String[] args) throws IOException {
    long start = System.nanoTime();
    LlvmTarget host = LlvmTarget.host();
    start = print("library opened, host known", start, 1);
    LlvmCompiler compiler = new LlvmCompiler(host);
    compiler.object(NOTHING);
    start = print("first compile", start, 1);
    byte[] object = compiler.object(Kernels.addVectors("add"));
    start = print("second compile", start, 1);
    ObjectCode first = ObjectCode.link(object, "add");
    start = print("first link", start, 1);

    int repeats = 200;
    String[] sources =
        IntStream.range(0, repeats)
            .mapToObj(i -> Kernels.addVectors("add" + i))
            .toArray(String[]::new);
    for (String passes : new String[] {"", LlvmCompiler.CLEAN_UP, "default<O2>"}) {
      for (int optLevel = 0; optLevel <= 3; optLevel++) {
        LlvmCompiler c = new LlvmCompiler(host, passes, optLevel, true);
        Arrays.stream(sources).limit(30).forEach(c::object);
        start = System.nanoTime();
        Arrays.stream(sources).forEach(c::object);
        print("compile, O" + optLevel + " " + passes, start, repeats);
      }
    }
    start = System.nanoTime();
    Arrays.stream(sources).parallel().forEach(compiler::object);
    print("compile, all processors at once", start, repeats);
    String module = String.join("\n", sources);
    start = System.nanoTime();
    compiler.object(module);
    print("compile, all in one module", start, repeats);
    start = System.nanoTime();
    for (int i = 0; i < repeats; i++) {
      ObjectCode.link(compiler.object(NOTHING), "nothing").close();
    }
    print("compile and link nothing", start, repeats);
    byte[] another = compiler.object(Kernels.addVectors("another"));
    start = System.nanoTime();
    for (int i = 0; i < repeats; i++) {
      ObjectCode.link(another, "another").close();
    }
    print("link", start, repeats);
    Path folder = Files.createTempDirectory("timings");
    KernelCache cache = new KernelCache(folder, 1L << 30);
    start = System.nanoTime();
    Arrays.stream(sources).forEach(ir -> cache.object(compiler, ir));
    start = print("cache, miss", start, repeats);
    Arrays.stream(sources).forEach(ir -> cache.object(compiler, ir));
    print("cache, hit", start, repeats);

    try (ObjectCode nothing = ObjectCode.link(compiler.object(NOTHING), "nothing");
        Arena arena = Arena.ofShared()) {
      for (int threads : new int[] {1, Runtime.getRuntime().availableProcessors()}) {
        try (Workers workers = new Workers(threads)) {
          dispatch(
              "empty kernel, " + threads + " threads",
              workers,
              nothing.address("nothing"),
              1000);
          for (int items : new int[] {256, 2048, 16384, 131072}) {
            long[] buffers = IntStream.range(0, 3).mapToLong(_ -> arena.allocate(64L * items, 64).address()).toArray();
            dispatch(
                "add " + items * 16 + " floats, " + threads + " threads",
                workers,
                first.address("add"),
                items,
                buffers);
          }
        }
      }
    }
  }

  private static void dispatch(
      String what, Workers workers, MemorySegment function, long items, long... buffers) {
    LaunchList list = new LaunchList(List.of(List.of(new LaunchList.Launch(function, buffers.length, items, 1, 0))), workers.threads());
    int runs = 2000;
    long[] nanos = new long[runs];
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < runs; i++) {
        long start = System.nanoTime();
        workers.run(list, buffers);
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%-60s median %8.2f us, 90%% %8.2f, 99%% %8.2f%n",
        what,
        nanos[runs / 2] / 1e3,
        nanos[runs / 10 * 9] / 1e3,
        nanos[runs / 100 * 99] / 1e3);
  }

  private static long print(String what, long start, int repeats) {
    long now = System.nanoTime();
    System.out.printf(Locale.ROOT, "%-60s %8.3f ms%n", what, (now - start) / 1e6 / repeats);
    return System.nanoTime();
  }
}
