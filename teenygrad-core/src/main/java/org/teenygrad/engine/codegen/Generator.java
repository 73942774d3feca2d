package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// Writes a kernel as LLVM IR: the last step of the way down from a Tensor.
///
/// For a processor a kernel is the function `void name(ptr arguments, i64 begin, i64 end, ptr scratch)`. `arguments` holds one pointer
/// for each PARAM slot; `begin..end` is the caller's share of the kernel's work items, which are independent of each other and give the
/// same bits however they are shared out. For a GPU it is a function of those pointers, run by blocks of threads.
public final class Generator {
  private Generator() {}

  /// @param sinks SINKs of STOREs whose loops are numbered from 0, outermost first: one for each list of buffers that a launch runs over.
  ///     A processor's kernel runs over one list at a time; those of a GPU are alike ([#likeness]) and all run at once
  /// @return the program, named after what it does and by its contents
  public static Program generate(List<OpNode> sinks, Target target) {
    OpNode sink = sinks.getFirst();
    return switch (target) {
      case Target.Cpu cpu -> {
        OpNode simple = Decompositions.expand(Decompositions.spellLogSums(sink), false);
        Emitter emitter = new Emitter(new Analysis(simple), new Ir(Ir.Dialect.HOST), cpu.vectorBytes());
        LoopNest nest = processorNest(emitter, cpu);
        nest.emit();
        yield program(List.of(sink), nest, nest.launch(), nest.work(), Generator::processorModule);
      }
      case Target.Gpu gpu when Flat.fits(sink) -> {
        Flat flat = new Flat(sinks, gpu);
        flat.emit();
        yield program(sinks, flat, flat.launch(), flat.work(), Generator::gpuModule);
      }
      case Target.Gpu gpu -> {
        LoopNest nest = gpuNest(sink, gpu);
        int runs = sinks.size();
        if (runs > 1) {
          Runs.open(nest.emitter().ir, Threads.row(nest.emitter().ir), nest.emitter().analysis.slots().size());
        }
        nest.emit();
        Program.Work work = nest.work();
        yield program(sinks, nest, nest.launch().times(runs), new Program.Work(work.flops() * runs, work.bytes() * runs), Generator::gpuModule);
      }
      case Target.Graphs _ -> throw new IllegalArgumentException("no code is written for a device that takes graphs");
    };
  }

  /// What is equal for two kernels that may share a launch: on a processor the kernel itself, on a GPU for elementwise ones what they do to an element.
  /// @param sink as for [#generate]
  public static OpNode likeness(OpNode sink, Target target) {
    return target instanceof Target.Gpu ? Flat.alike(sink) : sink;
  }

  /// How many runs of a kernel over `slots` buffers each may share a launch.
  /// @param sink as for [#generate]
  public static int mostRuns(OpNode sink, int slots, Target target) {
    return target instanceof Target.Gpu ? Runs.most(slots, Flat.fits(sink) ? 0 : PersistentTiles.MAPS) : Integer.MAX_VALUE;
  }

  /// A kernel on the level of tiles, if a GPU computes it tile by tile: a SINK of what fills shared memory first, of STEPS and of STOREs.
  /// @param sink as for [#generate]
  public static Optional<OpNode> tiles(OpNode sink, Target.Gpu gpu) {
    return tiles(gpuNest(sink, gpu));
  }

  private static Optional<OpNode> tiles(LoopNest nest) {
    OpNode written = nest.emitter().analysis.sink;
    return written.inputs().stream().anyMatch(node -> node.is(OpCode.STEPS)) ? Optional.of(written) : Optional.empty();
  }

  private static LoopNest gpuNest(OpNode sink, Target.Gpu gpu) {
    Optional<? extends LoopNest> attention = attention(sink, gpu);
    if (attention.isPresent()) {
      return attention.get();
    }
    Emitter emitter = gpuEmitter(Decompositions.spellLogSums(sink));
    Optional<LoopNest> nest = DeterministicScatter.of(emitter, gpu).map(LoopNest.class::cast).or(() -> rows(emitter)).or(() -> products(emitter, gpu));
    return nest.orElseGet(() -> elementsOrRows(shortened(emitter), gpu));
  }

  private static LoopNest processorNest(Emitter emitter, Target.Cpu cpu) {
    return SequentialScan.of(emitter, cpu).map(LoopNest.class::cast).or(() -> MergeSort.of(emitter)).or(() -> Contraction.of(emitter, cpu)).orElseGet(() -> new Elements(emitter, cpu));
  }

  private static Optional<LoopNest> rows(Emitter emitter) {
    return BlockScan.of(emitter).map(LoopNest.class::cast).or(() -> SequentialScan.of(emitter)).or(() -> BitonicSort.of(emitter));
  }

  private static LoopNest elementsOrRows(Emitter emitter, Target.Gpu gpu) {
    return TransposedTiles.of(emitter, gpu).map(LoopNest.class::cast).orElseGet(() -> new Blocks(emitter, gpu));
  }

  /// Whether a kernel runs as one pass over a matrix that never comes to memory: attention's scores.
  /// @param sink in its canonical form
  public static boolean isFusedAttention(OpNode sink, Target.Gpu gpu) {
    return attention(sink, gpu).isPresent();
  }

  private static Optional<? extends LoopNest> attention(OpNode sink, Target.Gpu gpu) {
    return gpu.rung().hasMatrixUnit() ? AttentionTiles.of(forGpu(Decompositions.expandScores(sink)), gpu) : Optional.empty();
  }

  private static Optional<? extends LoopNest> products(Emitter emitter, Target.Gpu gpu) {
    return gpu.rung() == Target.Rung.NAIVE ? NaiveMatmul.of(emitter) : MatrixTiles.of(emitter, gpu);
  }

  private static Emitter gpuEmitter(OpNode sink) {
    return forGpu(Decompositions.expand(sink, true));
  }

  /// An emitter for a graph whose operations a GPU has.
  static Emitter forGpu(OpNode sink) {
    return forGpu(sink, new Ir(Ir.Dialect.NVPTX));
  }

  /// The same where what is stored has so few digits that the way there may be shorter.
  static Emitter shortened(Emitter emitter) {
    if (!emitter.analysis.isCoarse()) {
      return emitter;
    }
    Emitter coarse = forGpu(Decompositions.divideOnce(emitter.analysis), emitter.ir);
    coarse.instructions.allowCoarse();
    return coarse;
  }

  static Emitter forGpu(OpNode sink, Ir ir) {
    return new Emitter(new Analysis(sink), ir, Blocks.VECTOR_BYTES);
  }

  /// Puts a name, parameters and declarations around a function's body.
  private interface Frame {
    String module(String name, LoopNest nest, int threads, int runs);
  }

  private static Program program(List<OpNode> sinks, LoopNest nest, Program.Launch launch, Program.Work work, Frame frame) {
    Ir ir = nest.emitter().ir;
    String name = nest.kind() + "_" + Long.toHexString(Integer.toUnsignedLong(ir.text().hashCode())) + Long.toHexString(Integer.toUnsignedLong((nest.maps() + " " + sinks.size()).hashCode() * 31 + ir.text().length()));
    tiles(nest).ifPresent(tiles -> Debug.graphs(() -> "kernel " + name + " in tiles", List.of(tiles)));
    String module = frame.module(name, nest, launch.threads(), sinks.size());
    return new Program(name, sinks, module, nest.maps(), launch, work, KernelDescription.of(sinks));
  }

  /// A kernel's parameters are the pointers themselves, in the order of the slots, which are numbered without gaps; those of many runs are one.
  private static String gpuModule(String name, LoopNest nest, int threads, int runs) {
    Ir ir = nest.emitter().ir;
    List<Integer> slots = nest.emitter().analysis.slots();
    StringBuilder text = new StringBuilder();
    ir.declarations().stream().filter(declaration -> declaration.startsWith("@")).forEach(global -> text.append(global).append('\n'));
    List<String> parameters = new ArrayList<>(runs > 1 ? List.of(Runs.parameter(runs, slots.size()))
        : slots.stream().map(slot -> ir.dialect.pointer + " align 16 " + Memory.pointer(slot)).toList());
    List<Integer> constant = new ArrayList<>();
    for (int map = 0; map < nest.maps().size(); map++) {
      parameters.add(Runs.mapParameter(map, runs));
      constant.add(parameters.size());
    }
    text.append("define ptx_kernel void @").append(name).append('(').append(String.join(", ", parameters)).append(") #0 {\nentry:\n").append(ir.text()).append("  ret void\n}\n\n");
    ir.declarations().stream().filter(declaration -> !declaration.startsWith("@")).forEach(declaration -> text.append(declaration).append('\n'));
    text.append("attributes #0 = { nounwind }\n!nvvm.annotations = !{!0").append(constant.isEmpty() ? "" : ", !1").append("}\n");
    String resident = nest.residentBlocks() == 0 ? "" : ", !\"minctasm\", i32 " + nest.residentBlocks();
    text.append("!0 = !{ptr @").append(name).append(", !\"maxntidx\", i32 ").append(threads).append(resident).append("}\n");
    if (!constant.isEmpty()) {
      String numbers = constant.stream().map(parameter -> "i32 " + parameter).collect(Collectors.joining(", "));
      text.append("!1 = !{ptr @").append(name).append(", !\"grid_constant\", !2}\n!2 = !{").append(numbers).append("}\n");
    }
    return text.toString();
  }

  private static String processorModule(String name, LoopNest nest, int threads, int runs) {
    Ir ir = nest.emitter().ir;
    List<Integer> slots = nest.emitter().analysis.slots();
    StringBuilder text = new StringBuilder();
    text.append("define void @").append(name).append("(ptr %arguments, i64 %begin, i64 %end, ptr %scratch) #0 {\nentry:\n");
    slots.forEach(slot -> text
        .append("  %address").append(slot).append(" = getelementptr ptr, ptr %arguments, i64 ").append(slot).append('\n')
        .append("  ").append(Memory.pointer(slot)).append(" = load ptr, ptr %address").append(slot).append(", align 8\n"));
    text.append(ir.text()).append("  ret void\n}\n\n");
    ir.declarations().forEach(declaration -> text.append(declaration).append('\n'));
    text.append("attributes #0 = { nounwind \"prefer-vector-width\"=\"512\" }\n");
    return text.toString();
  }
}
