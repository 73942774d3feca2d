package org.teenygrad.book.part2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Section;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.codegen.Stage;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.Target.Rung;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Plot;

/// What makes a GPU fast, step by step: a sum of two vectors, a matrix times a vector, and a matrix product on six rungs. Where there is no
/// GPU the code is written as for one, read, and compared with what the data sheet allows; where there is one it also runs.
@Section(number = "2.3", name = "gpu-ladder", title = "From a + b to tensor cores: the GPU code of each rung, and what it may reach")
public record GpuLadder(
    @Help("rows and columns of the matrices") int size,
    @Help("rung whose multiplications are shown in PTX") Rung show)
    implements org.teenygrad.book.Program {

  public GpuLadder() {
    this(4096, Rung.NAIVE);
  }

  /// @throws IllegalArgumentException if `size` is no multiple of 256, for which tiles would have remainders
  public GpuLadder {
    if (size < 256 || size % 256 != 0) {
      throw new IllegalArgumentException("size must be a multiple of 256, not " + size + ": tensor maps and tiles then have no remainders");
    }
  }

  /// What NVIDIA says of a GPU (SXM, dense): memory in TB/s, float32 and bfloat16 on tensor cores in TFLOP/s.
  private record DataSheet(String name, double memory, double float32, double tensor) {
    private static final List<DataSheet> ALL = List.of(
        new DataSheet("H200", 4.8, 67, 989), new DataSheet("H100", 3.35, 67, 989), new DataSheet("A100", 2.04, 19.5, 312));

    static DataSheet of(String machine) {
      return ALL.stream().filter(sheet -> machine.contains(sheet.name)).findFirst().orElse(ALL.getFirst());
    }

    /// The roofline: no more than arithmetic allows, nor than memory brings.
    double allows(double flopsPerByte, boolean tensorCores) {
      return Math.min(tensorCores ? tensor : float32, flopsPerByte * memory);
    }
  }

  /// A kernel as it was handed to the device's compiler.
  ///
  /// @param teraflops NaN where it did not run
  private record Written(String name, Program program, String ptx, double teraflops) {
    int count(String instruction) {
      return (int) Pattern.compile("(?<![\\w.])" + Pattern.quote(instruction) + "(?![a-z])").matcher(ptx).results().count();
    }

    /// Rows and columns of the square of sums that a block of threads makes from what it brings to shared memory; 1 and
    /// 1 where it brings nothing.
    List<Integer> tile(Target.Gpu gpu) {
      List<Integer> rows = new Plans(gpu).tiles(program.graph()).map(sink -> Graph.topological(List.of(sink)).stream()
          .filter(node -> node.is(OpCode.STAGE) && node.inputs().size() == 1).map(node -> node.payload(Stage.class).rows()).toList())
          .orElse(List.of());
      return rows.size() == 2 ? rows : List.of(1, 1);
    }
  }

  /// A GPU whose products stay on one rung: the one that is there, or one that only keeps what it shall compile.
  private static final class Gpu {
    final Target.Gpu target;
    private final @Nullable Runtime present;
    private final Device device;
    private final Map<String, Program> programs = new ConcurrentHashMap<>();
    private final LlvmCompiler llvm;

    /// A device is registered and opened once.
    private static final Map<Rung, Gpu> ALL = new ConcurrentHashMap<>();

    static Gpu on(Rung rung, @Nullable Runtime present) {
      return ALL.computeIfAbsent(rung, r -> new Gpu(present, r));
    }

    private Gpu(@Nullable Runtime present, Rung rung) {
      // 132: an H200
      Target.Gpu whole = present == null ? new Target.Gpu(132, 227 << 10, Rung.TENSOR_MEMORY) : (Target.Gpu) present.target();
      this.present = present;
      target = whole.on(rung);
      llvm = new LlvmCompiler(LlvmTarget.nvptx(whole.rung() == Rung.TENSOR_MEMORY ? "sm_90a" : "sm_80", 81), LlvmCompiler.CLEAN_UP, 2,
          true);
      device = Device.of("ladder-" + rung.text);
      Devices.register(device.name(), d -> present == null
          ? NullDevice.open(d, target, this::keep)
          : new Runtime(d, present.allocator(), target, program -> {
            keep(program);
            return present.compiler().compile(program);
          }, present.machine()));
    }

    private void keep(Program program) {
      programs.put(program.name(), program);
    }

    /// @param inputs shapes of tensors
    Written write(String name, DType dtype, List<int[]> inputs, Function<List<Tensor>, Tensor> of) {
      List<Tensor> tensors = inputs.stream().map(shape -> Tensor.full(Shape.of(shape), 0.01, dtype).contiguous().to(device).realize())
          .toList();
      long nanos = Long.MAX_VALUE;
      String kernel = "";
      double flops = 0;
      for (int trial = 0; trial < (present == null ? 1 : 5); trial++) {
        Tensor first = trial == 0 ? tensors.getFirst() : tensors.getFirst().add(trial).realize();
        List<Tensor> own = new ArrayList<>(tensors);
        own.set(0, first);
        List<Profile.Launch> launches = Profile.of(of.apply(own)::realize).launches();
        // Where tiles are few the sums are split, and a small kernel adds the parts.
        Profile.Launch main = launches.stream().max(Comparator.comparing(Profile.Launch::flops)).orElseThrow();
        kernel = main.name();
        flops = main.flops();
        nanos = Math.min(nanos, launches.stream().mapToLong(Profile.Launch::nanos).sum());
      }
      Program program = Objects.requireNonNull(programs.get(kernel));
      return new Written(name, program, llvm.assembly(program.source()), present == null ? Double.NaN : flops / nanos / 1e3);
    }
  }

  @Override
  public void run(Page page) {
    Runtime present = present(page);
    DataSheet sheet = DataSheet.of(present == null ? "" : present.machine());
    Rung highest = present == null ? Rung.TENSOR_MEMORY : ((Target.Gpu) present.target()).rung();
    page.say("The data sheet of an %s: %.2f TB/s, %.0f TFLOP/s in float32, %.0f in bfloat16 on tensor cores.", sheet.name, sheet.memory,
        sheet.float32, sheet.tensor);
    Plot plot = Plot.of("The ladder under the roofs of an " + sheet.name).x("operations a byte (FLOP/byte)").y("TFLOP/s").logX().logY()
        .roof("float32", sheet.memory, sheet.float32).roof("bfloat16 on tensor cores", sheet.memory, sheet.tensor);
    List<Spot> spots = new ArrayList<>();
    vectors(page, Gpu.on(highest, present), sheet, spots);
    products(page, present, highest, sheet, spots);
    plot.points("allowed by the data sheet", Spot.xs(spots), spots.stream().mapToDouble(Spot::allowed).toArray(),
        spots.stream().map(spot -> spot.names(spots)).toList());
    if (present != null) {
      plot.points("measured", Spot.xs(spots), spots.stream().mapToDouble(Spot::measured).toArray());
    }
    page.picture("gpu-ladder", plot::write);
  }

  /// A kernel under the roof.
  private record Spot(String name, double flopsPerByte, double allowed, double measured) {
    /// Those of all that stand at the same place, beside the first of them.
    String names(List<Spot> all) {
      List<Spot> here = all.stream()
          .filter(other -> Math.abs(other.flopsPerByte / flopsPerByte - 1) < 0.01 && Math.abs(other.allowed / allowed - 1) < 0.01).toList();
      return here.getFirst() == this ? here.stream().map(Spot::name).collect(Collectors.joining(", ")) : "";
    }

    static double[] xs(List<Spot> spots) {
      return spots.stream().mapToDouble(Spot::flopsPerByte).toArray();
    }
  }

  /// The first rungs are bound by memory. What counts is that a warp's 32 threads read neighbours, each 16 bytes at once: then
  /// whole lines of memory come, and all of each is used (coalescing).
  private void vectors(Page page, Gpu gpu, DataSheet sheet, List<Spot> spots) {
    Written add = gpu.write("a + b", DType.FLOAT32, List.of(new int[] {size, size}, new int[] {size, size}), x -> x.get(0).add(x.get(1)));
    Written gemv = gpu.write("A x", DType.FLOAT32, List.of(new int[] {size, size}, new int[] {size, 1}), x -> x.get(0).matmul(x.get(1)));
    List<List<Object>> rows = new ArrayList<>();
    for (Written kernel : List.of(add, gemv)) {
      double intensity = kernel.program.work().flops() / kernel.program.work().bytes();
      spots.add(new Spot(kernel.name, intensity, sheet.allows(intensity, false), kernel.teraflops));
      rows.add(List.of(kernel.name, kernel.program.launch().items(), kernel.program.launch().threads(), kernel.count("ld.global"),
          kernel.count("ld.global.v4"),
          intensity, sheet.allows(intensity, false)));
    }
    page.say("Bound by memory, in float32 (loads are instructions in the text of a thread):");
    page.table(List.of("kernel", "blocks", "threads", "loads", "of 16 bytes", "FLOP/byte", "allowed TFLOP/s"), rows);
    page.claim("loads of a + b that bring 16 bytes, of all its loads", (double) add.count("ld.global.v4") / add.count("ld.global"))
        .isNear(1, 0);
  }

  private void products(Page page, @Nullable Runtime present, Rung highest, DataSheet sheet, List<Spot> spots) {
    List<List<Object>> rows = new ArrayList<>();
    List<Double> reuse = new ArrayList<>();
    List<Double> speeds = new ArrayList<>();
    int asNamed = 0;
    List<Rung> rungs = Arrays.stream(Rung.values()).filter(highest::includes).toList();
    for (Rung rung : rungs) {
      Gpu gpu = Gpu.on(rung, present);
      Written product = gpu.write(rung.text, DType.BFLOAT16, List.of(new int[] {size, size}, new int[] {size, size}),
          x -> x.get(0).matmul(x.get(1)));
      List<Integer> tile = product.tile(gpu.target);
      // A block brings tile rows of one factor and tile columns of the other for each step of the inner dimension, 2 bytes each.
      double intensity = (double) tile.get(0) * tile.get(1) / (tile.get(0) + tile.get(1));
      reuse.add(intensity);
      speeds.add(product.teraflops);
      double allowed = sheet.allows(intensity, rung.hasMatrixUnit());
      spots.add(new Spot(rung.text, intensity, allowed, product.teraflops));
      String multiply = rung.includes(Rung.WARPGROUP) ? "wgmma.mma_async" : rung.hasMatrixUnit() ? "mma.sync" : "fma.rn.f32";
      asNamed += product.count(multiply) > 0 && product.count("cp.async.bulk.tensor") > 0 == (rung == Rung.TENSOR_MEMORY) ? 1 : 0;
      Program.Launch launch = product.program.launch();
      rows.add(List.of(rung.text, launch.items(), launch.threads(), tile.get(0) + "x" + tile.get(1), launch.scratchBytes() / 1024,
          product.count(multiply) + " " + multiply,
          intensity, allowed, present == null ? "-" : String.format(Locale.ROOT, "%.1f", product.teraflops)));
      if (rung == show) {
        page.say("Where %s multiplies, in PTX:%n%s", rung.text, excerpt(product.ptx, multiply));
      }
    }
    page.say("A product of %d x %d bfloat16 matrices, rung by rung:", size, size);
    page.table(List.of("rung", "blocks", "threads", "tile", "shared KiB", "multiplications in its text", "FLOP/byte", "allowed TFLOP/s",
        "measured"), rows);
    page.say("FLOP/byte counts what blocks bring, as if each came from memory: caches give the lower rungs more than the data sheet's memory does.");
    page.claim("rungs whose code multiplies and copies as their names say", asNamed).isNear(rungs.size(), 0);
    page.claim("FLOP/byte of the highest rung, in the lowest's", reuse.getLast() / reuse.getFirst()).isAtLeast(32);
    if (present != null) {
      page.claim("speed of the highest rung, in the data sheet's", speeds.getLast() / sheet.tensor).isAtLeast(0.5);
    }
  }

  /// The lines around the first such instruction.
  private static String excerpt(String ptx, String instruction) {
    List<String> lines = ptx.lines().filter(line -> !line.isBlank()).toList();
    int at = 0;
    while (!lines.get(at).contains(instruction)) {
      at++;
    }
    return String.join("\n", lines.subList(Math.max(0, at - 6), Math.min(lines.size(), at + 5)));
  }

  private static @Nullable Runtime present(Page page) {
    try {
      return Devices.runtime(Device.of("cuda"));
    } catch (IllegalArgumentException absent) {
      page.say("No GPU runs this (%s): its code is written and read.", Objects.requireNonNull(absent.getMessage()));
      return null;
    }
  }
}
