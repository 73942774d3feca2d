package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// Elementwise kernels of a single loop on a GPU: each thread takes vectors of neighbours.
///
/// One launch may do the same to many tensors of different sizes, as an optimizer does to all parameters: a block looks up which tensor its
/// number falls into and takes a stretch of that one (PyTorch's `multi_tensor_apply`).
final class Flat implements LoopNest {
  private static final int THREADS = 128;

  /// Threads that keep a multiprocessor's memory pipeline busy.
  private static final int BUSY = 1024;

  /// Vectors that a thread takes where there are very many.
  private static final int PASSES = 4;

  private final Ir ir = new Ir(Ir.Dialect.NVPTX);

  /// Kernels that differ in more than the size of their loop: in the types that they read.
  private final List<Emitter> variants = new ArrayList<>();

  /// For each run its variant.
  private final List<Integer> which = new ArrayList<>();

  /// For each run its elements.
  private final List<Long> sizes;

  private final int lanes;
  private final int passes;

  /// @param plans one for each run, of kernels that are all [#alike]
  Flat(List<Plan.Elementwise> plans, Target.Gpu target) {
    Map<OpNode, Integer> known = new HashMap<>();
    sizes = plans.stream().map(plan -> Analysis.size(plan.loop())).toList();
    for (Plan.Elementwise plan : plans) {
      which.add(known.computeIfAbsent(ofSize(plan.sink(), 1), same -> {
        variants.add(Generator.emitter(plan, ir));
        return variants.size() - 1;
      }));
    }
    long elements = sizes.stream().mapToLong(Long::longValue).sum();
    long wanted = (long) target.processors() * BUSY;
    long common = sizes.stream().reduce(0L, (a, b) -> a | b); // divided by the same powers of two as all
    lanes = variants.stream().mapToInt(variant -> Blocks.lanes(variant.analysis, loop(variant), elements / wanted, common)).min().orElseThrow();
    passes = lanes > 1 && elements / lanes / PASSES >= wanted * PASSES ? PASSES : 1;
  }

  private static OpNode loop(Emitter emitter) {
    return emitter.analysis.outer.getFirst();
  }

  /// What is equal for kernels that may run in one launch: what they do, whatever the size of their loop (but for how long its
  /// vectors may be) and the types that they read.
  static OpNode alike(Plan.Elementwise plan) {
    OpNode sized = ofSize(plan.sink(), Math.min(Blocks.MOST_LANES, Long.lowestOneBit(Analysis.size(plan.loop()))));
    Map<OpNode, OpNode> changed = new HashMap<>();
    for (OpNode node : Graph.topological(List.of(sized))) {
      OpNode same = node.withInputs(node.inputs().stream().map(input -> Objects.requireNonNull(changed.get(input))).toList());
      boolean converts = node.is(OpCode.CAST) && same.input(0).is(OpCode.LOAD);
      changed.put(node, converts ? loadAs(node.dtype(), same.input(0)) : same);
    }
    return Objects.requireNonNull(changed.get(sized));
  }

  /// A load as if the buffer had another type.
  private static OpNode loadAs(DType dtype, OpNode load) {
    List<OpNode> inputs = new ArrayList<>(load.inputs());
    inputs.set(0, OpNode.create(OpCode.PARAM, dtype, List.of(), load.input(0).payload()));
    return OpNode.of(OpCode.LOAD, null, inputs);
  }

  /// The same kernel over a loop of another size.
  private static OpNode ofSize(OpNode sink, long size) {
    Map<OpNode, OpNode> changed = new HashMap<>();
    for (OpNode node : Graph.topological(List.of(sink))) {
      if (node.is(OpCode.RANGE)) {
        changed.put(node, OpNode.create(OpCode.RANGE, node.dtype(), List.of(), new Range(node.payload(Range.class).id(), size)));
      } else if (node.is(OpCode.PARAM)) {
        changed.put(node, OpNode.create(OpCode.PARAM, node.dtype(), List.of(), new Param(node.payload(Param.class).slot(), Shape.SCALAR)));
      }
    }
    return Graph.substitute(sink, changed);
  }

  @Override
  public Emitter emitter() {
    return variants.getFirst();
  }

  @Override
  public String kind() {
    return emitter().analysis.kind();
  }

  /// Elements that a block takes.
  private long stretch() {
    return (long) THREADS * passes * lanes;
  }

  private long blocks(long size) {
    return Math.ceilDiv(size, stretch());
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(sizes.stream().mapToLong(this::blocks).sum(), THREADS, 0);
  }

  @Override
  public Program.Work work() {
    double flops = 0;
    double bytes = 0;
    for (int run = 0; run < sizes.size(); run++) {
      Analysis analysis = variants.get(which.get(run)).analysis;
      Program.Work work = Work.of(analysis);
      double share = (double) sizes.get(run) / Analysis.size(analysis.outer.getFirst());
      flops += work.flops() * share;
      bytes += work.bytes() * share;
    }
    return new Program.Work(flops, bytes);
  }

  @Override
  public void emit() {
    String block = Threads.block(ir);
    if (sizes.size() == 1) {
      stretch(variants.getFirst(), block, Long.toString(sizes.getFirst()));
      return;
    }
    // Halving steps to the last run that starts no later than this block.
    List<Long> starts = new ArrayList<>();
    long start = 0;
    for (long size : sizes) {
      starts.add(start);
      start += blocks(size);
    }
    int half = Integer.highestOneBit(sizes.size() - 1);
    while (starts.size() < 2 * half) {
      starts.add((long) Integer.MAX_VALUE);
    }
    String run = "0";
    for (int step = half; step > 0; step /= 2) {
      String later = ir.plus(run, step);
      run = ir.value("select i1 " + ir.value("icmp sle i64 " + number("starts", starts, later) + ", " + block) + ", i64 " + later + ", i64 " + run);
    }
    Runs.open(ir, run, emitter().analysis.slots().size());
    String own = ir.value("sub i64 " + block + ", " + number("starts", starts, run));
    variant(0, number("sizes", sizes, run), own, variants.size() == 1 ? "" : number("variants", which.stream().map(Integer::longValue).toList(), run));
  }

  private void variant(int variant, String size, String block, String wanted) {
    if (variant == variants.size() - 1) {
      stretch(variants.get(variant), block, size);
    } else {
      ir.branch(ir.value("icmp eq i64 " + wanted + ", " + variant), () -> stretch(variants.get(variant), block, size), () -> variant(variant + 1, size, block, wanted));
    }
  }

  /// An entry of a table of constants. Its name has the contents: ptxas fails over several files in which one name means different tables.
  private String number(String name, List<Long> table, String index) {
    String numbers = table.stream().map(number -> "i64 " + number).collect(Collectors.joining(", "));
    String type = "[" + table.size() + " x i64]";
    String global = "@" + name + "_" + Integer.toHexString(numbers.hashCode());
    ir.declare(global + " = internal unnamed_addr addrspace(4) constant " + type + " [" + numbers + "]");
    String place = ir.value("getelementptr " + type + ", ptr addrspace(4) " + global + ", i64 0, i64 " + index);
    return ir.value("load i64, ptr addrspace(4) " + place + ", align 8");
  }

  /// A block's elements of one tensor.
  private void stretch(Emitter emitter, String block, String size) {
    String first = ir.value("add i64 " + ir.value("mul i64 " + block + ", " + stretch()) + ", " + ir.value("mul i64 " + Threads.thread(ir) + ", " + lanes));
    if (sizes.stream().allMatch(each -> each % stretch() == 0)) {
      vectors(emitter, first, passes);
    } else if (passes == 1) {
      emitter.branch(ir.value("icmp slt i64 " + first + ", " + size), () -> vectors(emitter, first, 1));
    } else {
      String last = ir.plus(first, (long) THREADS * (passes - 1) * lanes);
      ir.branch(ir.value("icmp slt i64 " + last + ", " + size), () -> vectors(emitter, first, passes), () ->
          emitter.branch(ir.value("icmp slt i64 " + first + ", " + size), () -> ir.loop(first, size, (long) THREADS * lanes, List.of(), (at, none) -> {
            vectors(emitter, at, 1);
            return none;
          })));
    }
  }

  private void vectors(Emitter emitter, String first, int count) {
    OpNode loop = loop(emitter);
    emitter.within(loop, first, lanes == 1 ? null : new Axis(loop, count, lanes, lanes, (long) THREADS * lanes), () -> {
      emitter.emitReady(emitter.analysis.nodes);
      return true;
    });
  }
}
