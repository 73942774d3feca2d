package org.teenygrad.engine.schedule;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.teenygrad.Profile;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.MemoryBudget;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;

/// What a device can do at best: no kernel is faster than both its operations and its bytes allow (Williams, Waterman and
/// Patterson, "Roofline", 2009).
///
/// The two figures are measured when first asked for, in about 0.2 s, by two kernels that do nothing else: independent
/// float32 multiply-adds in registers, and reading [#STREAM_BYTES]. Data that a cache still holds comes faster than
/// that, so a kernel's share may exceed 1; a kernel that writes costs more than its bytes, as most processors read a
/// cache line before they write it.
///
/// @param flopsPerSecond float32 operations, all cores together; infinite where nothing runs
/// @param bytesPerSecond bytes read from memory, all cores together; infinite where nothing runs
public record Roofline(double flopsPerSecond, double bytesPerSecond) {
  /// Larger than the caches of most machines.
  private static final long STREAM_BYTES = 256L << 20;

  private static final long BLOCK_BYTES = 64 << 10;
  private static final int ITEMS = 256;
  private static final int ROUNDS = 4096;
  private static final int TRIALS = 5;
  private static final long LEAST_NANOS = 40_000_000;

  private static final Map<Runtime, Roofline> MEASURED = new ConcurrentHashMap<>();
  private static final Map<Runtime, List<Ceiling>> CEILINGS = new ConcurrentHashMap<>();

  /// What a program can do at best that leaves a part of the machine unused.
  ///
  /// @param name such as `one core`
  /// @param isMemory whether bytes are counted, else float32 operations
  /// @param perSecond bytes or operations
  public record Ceiling(String name, boolean isMemory, double perSecond) {}

  public static Roofline of(Runtime runtime) {
    return MEASURED.computeIfAbsent(runtime, Roofline::measure);
  }

  /// The ceilings below the roof, too: the operations of one core, without vectors, of sums that wait for each other; the bytes of
  /// a cache and of one core. The first of each kind is the roof's. Measured when first asked for, in about half a second.
  /// @return empty for a device that is no processor or runs nothing
  public static List<Ceiling> ceilings(Runtime runtime) {
    return CEILINGS.computeIfAbsent(runtime, Roofline::measureCeilings);
  }

  /// The part of what the device allows that a launch reached; NaN where nothing is known.
  public double share(Profile.Launch launch) {
    double least = Math.max(launch.flops() / flopsPerSecond, launch.bytes() / bytesPerSecond);
    return least == 0 ? Double.NaN : least * 1e9 / launch.nanos();
  }

  /// A launch in figures and words.
  public String line(Profile.Launch launch) {
    double share = share(launch);
    return String.format(Locale.ROOT, "%10.1f us %9.2f MB %8.2f GB/s %9.2f MFLOP %8.2f GFLOP/s %s  %s%s  [%s]",
        launch.nanos() / 1e3, launch.bytes() / 1e6, launch.bytesPerSecond() / 1e9, launch.flops() / 1e6, launch.flopsPerSecond() / 1e9,
        Double.isNaN(share) ? "    -" : String.format(Locale.ROOT, "%4.0f%%", 100 * share), launch.description(),
        launch.runs() > 1 ? " x" + launch.runs() + " runs" : "", launch.name());
  }

  private static Roofline measure(Runtime runtime) {
    if (!runs(runtime)) {
      return new Roofline(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    Target.Cpu cpu = (Target.Cpu) runtime.target();
    HostAllocator allocator = new HostAllocator(MemoryBudget.ofMachine()); // its own, so that nobody takes this for memory of the program
    Buffer results = results(allocator, cpu);
    double flops = flops(runtime, results, lanes(cpu), sums(cpu), ITEMS, ROUNDS);
    Buffer stream = stream(allocator);
    double bytes = bytes(runtime, results, stream, BLOCK_BYTES, STREAM_BYTES);
    stream.free();
    results.free();
    allocator.trim();
    return new Roofline(flops, bytes);
  }

  private static List<Ceiling> measureCeilings(Runtime runtime) {
    if (!runs(runtime)) {
      return List.of();
    }
    Target.Cpu cpu = (Target.Cpu) runtime.target();
    Roofline roof = of(runtime);
    HostAllocator allocator = new HostAllocator(MemoryBudget.ofMachine());
    Buffer results = results(allocator, cpu);
    Buffer stream = stream(allocator);
    double oneCore = flops(runtime, results, lanes(cpu), sums(cpu), 1, ROUNDS * ITEMS / 4);
    List<Ceiling> ceilings = List.of(
        new Ceiling("all cores, vectors", false, Math.max(roof.flopsPerSecond, oneCore)), // one may have been measured in a quieter moment
        new Ceiling("one core, vectors", false, oneCore),
        new Ceiling("all cores, no vectors", false, flops(runtime, results, 1, sums(cpu), ITEMS, ROUNDS)),
        new Ceiling("all cores, sums that wait for each other", false, flops(runtime, results, lanes(cpu), 1, ITEMS, ROUNDS)),
        new Ceiling("memory, all cores", true, roof.bytesPerSecond),
        new Ceiling("memory, one core", true, bytes(runtime, results, stream, STREAM_BYTES, STREAM_BYTES)),
        new Ceiling("second-level cache, all cores", true, bytes(runtime, results, stream, BLOCK_BYTES, Long.highestOneBit(cpu.l2Bytes() / 2))));
    stream.free();
    results.free();
    allocator.trim();
    return ceilings;
  }

  private static boolean runs(Runtime runtime) {
    return runtime.target() instanceof Target.Cpu && !runtime.device().name().equals("null");
  }

  private static int lanes(Target.Cpu cpu) {
    return cpu.vectorBytes() / Float.BYTES;
  }

  private static int sums(Target.Cpu cpu) {
    return cpu.vectorRegisters() / 2;
  }

  private static Buffer results(HostAllocator allocator, Target.Cpu cpu) {
    return allocator.allocate((long) ITEMS * cpu.vectorBytes());
  }

  private static Buffer stream(HostAllocator allocator) {
    Buffer stream = allocator.allocate(STREAM_BYTES);
    try (Arena arena = Arena.ofConfined()) {
      allocator.copyIn(stream, arena.allocate(STREAM_BYTES).fill((byte) 1)); // untouched memory is one page of zeros
    }
    return stream;
  }

  /// Operations a second of `sums` independent sums in vectors of `lanes` numbers.
  private static double flops(Runtime runtime, Buffer results, int lanes, int sums, int items, int rounds) {
    double flops = 2.0 * items * rounds * sums * lanes;
    return flops / seconds(runtime, program("roofline_fma_" + lanes + "_" + sums + "_" + rounds, multiplyAdds(lanes, sums, rounds), items, flops), List.of(results));
  }

  /// Bytes a second that come from the first `working` bytes of memory, in parts for the cores.
  private static double bytes(Runtime runtime, Buffer results, Buffer stream, long block, long working) {
    Program reading = program("roofline_read_" + block + "_" + working, reads(lanes((Target.Cpu) runtime.target()), block, working), STREAM_BYTES / block, STREAM_BYTES);
    return STREAM_BYTES / seconds(runtime, reading, List.of(results, stream));
  }

  private static Program program(String name, String body, long items, double work) {
    String source = "define void @" + name + "(ptr %arguments, i64 %begin, i64 %end, ptr %scratch) #0 {\n" + body
        + "}\nattributes #0 = { nounwind \"prefer-vector-width\"=\"512\" }\n";
    return new Program(name, OpNode.of(OpCode.SINK, null, List.of()), source, new Program.Launch(items, 1, 0), new Program.Work(work, 0));
  }

  private static double seconds(Runtime runtime, Program program, List<Buffer> arguments) {
    Kernel kernel = runtime.compiler().compile(program);
    long best = Long.MAX_VALUE;
    long begin = System.nanoTime();
    for (int trial = 0; trial < TRIALS || System.nanoTime() - begin < LEAST_NANOS; trial++) {
      long start = System.nanoTime();
      kernel.run(List.of(arguments));
      best = Math.min(best, System.nanoTime() - start);
    }
    return best / 1e9;
  }

  /// For each item `rounds` times x = x m + m in each of `sums` registers, where m = 1/(items + 1) keeps x normal.
  private static String multiplyAdds(int lanes, int sums, int rounds) {
    String type = "<" + lanes + " x float>";
    String fma = type + " @llvm.fma.v" + lanes + "f32(" + type;
    StringBuilder text = new StringBuilder("""
        entry:
          %out = load ptr, ptr %arguments
          %count = sitofp i64 %end to float
          %more = fadd float %count, 1.0
          %m = fdiv float 1.0, %more
        """);
    text.append("  %one = insertelement ").append(type).append(" poison, float %m, i64 0\n  %all = shufflevector ").append(type)
        .append(" %one, ").append(type).append(" poison, <").append(lanes).append(" x i32> zeroinitializer\n");
    text.append("  %some = icmp slt i64 %begin, %end\n  br i1 %some, label %item, label %done\n");
    text.append("item:\n  %i = phi i64 [%begin, %entry], [%inext, %stored]\n  br label %round\n");
    text.append("round:\n  %r = phi i64 [0, %item], [%rnext, %round]\n");
    for (int i = 0; i < sums; i++) {
      // Different starts: equal registers would be computed once.
      text.append("  %x").append(i).append(" = phi ").append(type).append(" [splat (float ").append(i).append(".0), %item], [%y").append(i).append(", %round]\n");
    }
    for (int i = 0; i < sums; i++) {
      text.append("  %y").append(i).append(" = call ").append(fma).append(" %x").append(i).append(", ").append(type).append(" %all, ").append(type).append(" %all)\n");
    }
    text.append("  %rnext = add i64 %r, 1\n  %again = icmp slt i64 %rnext, ").append(rounds).append("\n  br i1 %again, label %round, label %stored\nstored:\n");
    String total = "%y0";
    for (int i = 1; i < sums; i++) {
      text.append("  %t").append(i).append(" = fadd ").append(type).append(' ').append(total).append(", %y").append(i).append('\n');
      total = "%t" + i;
    }
    text.append("  %to = getelementptr ").append(type).append(", ptr %out, i64 %i\n  store ").append(type).append(' ').append(total).append(", ptr %to, align 4\n");
    text.append("  %inext = add i64 %i, 1\n  %go = icmp slt i64 %inext, %end\n  br i1 %go, label %item, label %done\ndone:\n  ret void\n");
    return text.toString();
  }

  /// For each item `block` bytes combined by exclusive or, eight vectors at a time; of the stream only the first `working` bytes, a
  /// power of two.
  private static String reads(int lanes, long block, long working) {
    String type = "<" + lanes + " x i32>";
    int streams = 8;
    StringBuilder text = new StringBuilder("""
        entry:
          %out = load ptr, ptr %arguments
          %second = getelementptr ptr, ptr %arguments, i64 1
          %data = load ptr, ptr %second
          %first = mul i64 %begin, BLOCK
          %last = mul i64 %end, BLOCK
          %slot = urem i64 %begin, ITEMS
          %to = getelementptr TYPE, ptr %out, i64 %slot
          %some = icmp slt i64 %first, %last
          br i1 %some, label %loop, label %done
        loop:
          %at = phi i64 [%first, %entry], [%next, %loop]
        """.replace("BLOCK", Long.toString(block)).replace("ITEMS", Integer.toString(ITEMS)).replace("TYPE", type));
    for (int i = 0; i < streams; i++) {
      text.append("  %x").append(i).append(" = phi ").append(type).append(" [zeroinitializer, %entry], [%y").append(i).append(", %loop]\n");
    }
    text.append("  %low = and i64 %at, ").append(working - 1).append('\n');
    for (int i = 0; i < streams; i++) {
      text.append("  %o").append(i).append(" = add i64 %low, ").append((long) i * lanes * Integer.BYTES).append("\n  %p").append(i).append(" = getelementptr i8, ptr %data, i64 %o").append(i)
          .append("\n  %v").append(i).append(" = load ").append(type).append(", ptr %p").append(i).append(", align 4\n  %y").append(i).append(" = xor ").append(type).append(" %x").append(i)
          .append(", %v").append(i).append('\n');
    }
    text.append("  %next = add i64 %at, ").append((long) streams * lanes * Integer.BYTES).append("\n  %again = icmp slt i64 %next, %last\n  br i1 %again, label %loop, label %stored\nstored:\n");
    String total = "%y0";
    for (int i = 1; i < streams; i++) {
      text.append("  %t").append(i).append(" = xor ").append(type).append(' ').append(total).append(", %y").append(i).append('\n');
      total = "%t" + i;
    }
    return text.append("  store ").append(type).append(' ').append(total).append(", ptr %to, align 4\n  br label %done\ndone:\n  ret void\n").toString();
  }
}
