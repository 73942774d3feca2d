package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// Writes a kernel as LLVM IR: the last step of the way down from a Tensor.
///
/// For a processor a kernel is the function `void name(ptr arguments, i64 begin, i64 end, ptr scratch)`. `arguments` holds one pointer
/// for each PARAM slot; `begin..end` is the caller's share of the kernel's work items, which are independent of each other and give the
/// same bits however they are shared out. For a GPU it is a function of those pointers, run by blocks of threads.
final class Generator {
  private Generator() {}

  /// @param sinks the kernels of a launch, as for [Plans#program]
  /// @param plans what they become
  static Program generate(List<OpNode> sinks, List<? extends Plan> plans, Target target) {
    Plan plan = plans.getFirst();
    if (plan instanceof Plan.Communication exchange) {
      return communication(sinks.getFirst(), exchange);
    }
    return switch (target) {
      case Target.Cpu cpu -> {
        LoopNest nest = nest(plan, cpu);
        nest.emit();
        yield program(List.of(sinks.getFirst()), plan, nest, nest.launch(), nest.work(), Generator::processorModule);
      }
      case Target.Gpu gpu when plan instanceof Plan.Elementwise -> {
        Flat flat = new Flat(plans.stream().map(Plan.Elementwise.class::cast).toList(), gpu);
        begin(flat, gpu);
        flat.emit();
        yield program(sinks, plan, flat, flat.launch(), flat.work(), Generator::gpuModule);
      }
      case Target.Gpu gpu -> {
        LoopNest nest = nest(plan, gpu);
        begin(nest, gpu);
        int runs = sinks.size();
        if (runs > 1) {
          Runs.open(nest.emitter().ir, Threads.row(nest.emitter().ir), pointers(nest, runs));
        }
        nest.emit();
        Program.Work work = nest.work();
        yield program(sinks, plan, nest, nest.launch().times(runs), new Program.Work(work.flops() * runs, work.bytes() * runs), Generator::gpuModule);
      }
      case Target.Graphs _ -> throw new IllegalArgumentException("no code is written for a device that takes graphs");
    };
  }

  /// An exchange between ranks, which has no code.
  private static Program communication(OpNode sink, Plan.Communication exchange) {
    double bytes = exchange.analysis().stores().getFirst().input(0).payload(Param.class).shape().elements() * (double) exchange.analysis().stores().getFirst().input(0).dtype().bytes();
    return new Program(exchange.analysis().kind(), List.of(sink), "", List.of(), List.of(), 0, new Program.Launch(1, 1, 0), new Program.Work(0, bytes), KernelDescription.of(List.of(sink)));
  }

  /// Where kernels can be launched while the ones before still run (compute capability 9.0), those after this one may be set up at
  /// once, so that their blocks are at hand when their turn comes, and this one waits for those before it, unless it has something
  /// to do meanwhile.
  private static void begin(LoopNest nest, Target.Gpu gpu) {
    if (gpu.rung().includes(Target.Rung.WARPGROUP)) {
      Ir ir = nest.emitter().ir;
      ir.gpu().allowLaunchesAfter();
      if (nest.prefetched().isEmpty()) {
        Threads.awaitLaunchesBefore(ir);
      }
    }
  }

  private static LoopNest nest(Plan plan, Target.Cpu cpu) {
    Emitter emitter = new Emitter(plan.analysis(), new Ir(Ir.Dialect.HOST), cpu.vectorBytes());
    return switch (plan) {
      case Plan.RowScan scan -> new SequentialScan(emitter, scan, cpu.vectorBytes(), false);
      case Plan.RowSort sort when sort.order().known() == Order.Known.HALVES -> new MergeHalves(emitter, sort);
      case Plan.RowSort sort -> new ScratchSort(emitter, sort, cpu.vectorBytes());
      case QuantizedContraction quantized -> new QuantizedProducts(emitter, quantized, cpu);
      case AttentionLanes attention -> new LaneAttention(emitter, attention, cpu);
      case Contraction contraction when contraction.element() == DType.BFLOAT16 -> new PairContraction(emitter, contraction, cpu);
      case Contraction contraction when SkinnyContraction.fits(contraction, cpu) -> new SkinnyContraction(emitter, contraction, cpu);
      case Contraction contraction when StreamedContraction.fits(contraction, cpu) -> new StreamedContraction(emitter, contraction, cpu);
      case Contraction contraction -> new PackedContraction(emitter, contraction, cpu);
      case Plan.Loops _ -> new Elements(emitter, cpu);
      default -> throw new IllegalStateException(plan + " on a processor");
    };
  }

  private static LoopNest nest(Plan plan, Target.Gpu gpu) {
    Emitter emitter = emitter(plan, new Ir(Ir.Dialect.NVPTX));
    return switch (plan) {
      case Plan.RowScan scan when scan.isContiguous() -> new BlockScan(emitter, scan);
      case Plan.RowScan scan -> new SequentialScan(emitter, scan, Analysis.VECTOR_BYTES, true);
      case Plan.RowSort sort -> new BitonicSort(emitter, sort);
      case Plan.Scatter scatter -> RowScatter.fits(scatter) ? new RowScatter(emitter, scatter) : new DeterministicScatter(emitter, scatter, gpu);
      case Plan.Transposition transposition -> new TransposedTiles(emitter, transposition);
      case Plan.Loops _ -> new Blocks(emitter, gpu);
      case Contraction contraction -> new NaiveMatmul(contraction, emitter.ir);
      case MatmulTiling matmul when matmul.maps().isEmpty() -> new MatrixTiles(emitter, matmul);
      case MatmulTiling matmul -> new PersistentTiles(emitter, matmul, gpu);
      case AttentionTiling attention when attention.isSpecialized() -> new WarpSpecializedAttention(emitter, attention);
      case AttentionTiling attention -> new AttentionTiles(emitter, attention);
      case Decoding decoding -> new DecodeAttention(emitter, decoding);
      case QuantizedContraction _, AttentionLanes _ -> throw new IllegalStateException("a processor's plan on a GPU");
      case Plan.Communication _ -> throw new IllegalStateException("nobody writes code for an exchange");
      case Plan.Elementwise _ -> throw new IllegalStateException("a launch of elementwise kernels has a nest for all");
    };
  }

  /// An emitter of a plan's graph for a GPU.
  static Emitter emitter(Plan plan, Ir ir) {
    Emitter emitter = new Emitter(plan.analysis(), ir, Analysis.VECTOR_BYTES);
    if (plan.isCoarse()) {
      emitter.instructions.allowCoarse();
    }
    return emitter;
  }

  /// Puts a name, parameters and declarations around a function's body.
  private interface Frame {
    String module(String name, LoopNest nest, int threads, int runs);
  }

  private static Program program(List<OpNode> sinks, Plan plan, LoopNest nest, Program.Launch launch, Program.Work work, Frame frame) {
    Ir ir = nest.emitter().ir;
    String name = nest.kind() + "_" + Long.toHexString(Integer.toUnsignedLong(ir.text().hashCode())) + Long.toHexString(Integer.toUnsignedLong((nest.maps() + " " + sinks.size()).hashCode() * 31 + ir.text().length()));
    if (plan.isTiled()) {
      Debug.graphs(() -> "kernel " + name + " in tiles", List.of(plan.analysis().sink));
    }
    String module = frame.module(name, nest, launch.threads(), sinks.size());
    return new Program(name, sinks, module, nest.maps(), nest.prefetched(), nest.exchangeBytes(sinks.size()), launch, work, KernelDescription.of(sinks));
  }

  /// How many buffers each list has: that of each slot, and perhaps one for what blocks exchange.
  private static int pointers(LoopNest nest, int runs) {
    return nest.emitter().analysis.slots().size() + (nest.exchangeBytes(runs) > 0 ? 1 : 0);
  }

  /// A kernel's parameters are the pointers themselves, in the order of the slots, which are numbered without gaps; those of many
  /// runs are one.
  private static String gpuModule(String name, LoopNest nest, int threads, int runs) {
    Ir ir = nest.emitter().ir;
    int pointers = pointers(nest, runs);
    StringBuilder text = new StringBuilder();
    ir.declarations().stream().filter(declaration -> declaration.startsWith("@")).forEach(global -> text.append(global).append('\n'));
    List<String> parameters = new ArrayList<>(runs > 1 ? List.of(Runs.parameter(runs, pointers))
        : Ir.times(pointers, slot -> ir.dialect.pointer + " align 16 " + Memory.pointer(slot)));
    List<Integer> constant = new ArrayList<>();
    for (int map = 0; map < nest.maps().size(); map++) {
      parameters.add(Runs.mapParameter(map, runs));
      constant.add(parameters.size());
    }
    if (!nest.prefetched().isEmpty()) {
      parameters.add("i32 " + Runs.UNWRITTEN);
    }
    text.append("define ptx_kernel void @").append(name).append('(').append(String.join(", ", parameters)).append(") #0 {\nentry:\n").append(ir.text()).append("  ret void\n}\n\n");
    ir.declarations().stream().filter(declaration -> !declaration.startsWith("@")).forEach(declaration -> text.append(declaration).append('\n'));
    text.append("attributes #0 = { nounwind }\n!nvvm.annotations = !{!0").append(constant.isEmpty() ? "" : ", !1").append("}\n");
    String resident = nest.residentBlocks() == 0 ? "" : ", !\"minctasm\", i32 " + nest.residentBlocks();
    String cluster = nest.clusterBlocks() == 1 ? "" : ", !\"cluster_dim_x\", i32 " + nest.clusterBlocks() + ", !\"cluster_dim_y\", i32 1, !\"cluster_dim_z\", i32 1";
    text.append("!0 = !{ptr @").append(name).append(", !\"maxntidx\", i32 ").append(threads).append(resident).append(cluster).append("}\n");
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
