package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of everything but contractions: elementwise kernels, reductions, scatters.
///
/// The outer loops run in order, the last one in vectors if that makes most accesses run over neighbours in memory. Work items are
/// iterations of the first loops, as many as all reductions and stores depend on, or blocks of the only loop.
final class Elements implements LoopNest {
  /// Enough pieces to keep many cores busy evenly.
  private static final long WANTED_ITEMS = 64;

  /// Elements a work item of a single loop should have at least: about 2 µs of work.
  private static final long BLOCK = 4096;

  /// Vectors of reductions side by side: enough to hide the latency of an addition.
  private static final int SUMS = 4;

  /// The same where little else is computed. A row that is read lies on a page of its own and nothing fetches the next one ahead, so
  /// neighbouring lines of a row are what comes at once: columns of 4096 x 4096 floats are added up at 17 GB/s by 4 vectors, 24 by 8, 26 by
  /// 12, 24 by 16 (Zen 5).
  private static final int WIDE_SUMS = 12;

  private final Emitter emitter;
  private final Analysis analysis;
  private final List<OpNode> loops = new ArrayList<>();
  private final @Nullable OpNode vector;
  private final int lanes;
  private final int unroll;
  private final int parallel;
  private final long blocks;
  private final long blockSize;
  private final KeptRows kept;
  private final List<OpNode> nodes;

  Elements(Emitter emitter, Target.Cpu target) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    List<OpNode> serial = analysis.outer.stream().filter(analysis::isSerial).toList();
    List<OpNode> free = analysis.outer.stream().filter(range -> !analysis.isSerial(range)).toList();
    OpNode last = free.isEmpty() ? null : free.getLast();
    kept = last == null ? KeptRows.NONE : KeptRows.of(analysis, last, target.l2Bytes() / 2);
    nodes = kept.needed(analysis);
    lanes = last == null ? 1 : lanes(last, target.vectorBytes());
    vector = lanes > 1 ? last : null;
    unroll = vector == null ? 1 : unroll(vector, target.cores());
    loops.addAll(free);
    loops.addAll(serial);
    parallel = parallelLoops(free);
    if (vector != null && free.size() == 1 && parallel == 1) {
      long step = (long) lanes * unroll;
      long size = Analysis.size(vector);
      long least = Math.ceilDiv(BLOCK, additions());
      blockSize = Math.max(step, Math.ceilDiv(Math.clamp(size / WANTED_ITEMS, Math.min(least, size), 1 << 16), step) * step);
      blocks = Math.ceilDiv(size, blockSize);
    } else {
      blockSize = 0;
      blocks = 0;
    }
  }

  /// How many elements the longest reduction adds up for each of the only loop.
  private long additions() {
    return analysis.folds().stream().mapToLong(fold -> Analysis.count(Analysis.foldRanges(fold))).max().orElse(1);
  }

  private int lanes(OpNode last, int vectorBytes) {
    int widest = 4;
    int good = 0;
    for (OpNode node : analysis.nodes) {
      boolean access = node.is(OpCode.LOAD) || node.is(OpCode.STORE);
      if (access && analysis.dependsOn(node.input(1), last) && analysis.stride(node, last) == 1) {
        good++;
      }
      if (analysis.dependsOn(node, last)) {
        widest = Math.max(widest, emitter.registerBytes(node));
      }
    }
    if (good == 0 || analysis.endsOthers(last) || foldsAlong(last)) {
      return 1;
    }
    return (int) Math.min(vectorBytes / widest, Analysis.size(last));
  }

  /// Whether reductions, one for each iteration of a loop, read more along their own loops than along this one. Only what they read
  /// counts: whether they run over vectors or one element after the other, and so the order of their sums, does not depend on what
  /// else the kernel stores.
  private boolean foldsAlong(OpNode last) {
    long along = analysis.folds().stream().mapToLong(Analysis::foldMask).reduce(0, (a, b) -> a | b);
    int good = 0;
    int bad = 0;
    for (OpNode node : analysis.nodes) {
      if (node.is(OpCode.LOAD) && analysis.dependsOn(node.input(1), last) && (analysis.dependencies(node.input(1)) & along) != 0) {
        if (analysis.stride(node, last) == 1) {
          good++;
        } else {
          bad++;
        }
      }
    }
    return bad > 0 && good <= bad;
  }

  private int unroll(OpNode range, int cores) {
    long foldsInside = analysis.folds().stream().filter(fold -> analysis.dependsOn(fold, range)).count();
    long vectors = Math.max(1, Analysis.size(range) / lanes);
    if (foldsInside == 0) {
      return (int) Math.min(vectors, nodes.size() < 60 ? 2 : 1);
    }
    boolean isShort = foldsInside == 1 && nodes.size() < 20;
    long most = isShort ? Math.clamp(vectors / (2L * cores), SUMS, WIDE_SUMS) : SUMS;
    return (int) Math.min(vectors, most);
  }

  /// How many of the first loops give the work items.
  private int parallelLoops(List<OpNode> free) {
    int allowed = free.size() - (vector != null && free.size() > 1 ? 1 : 0);
    for (OpNode node : analysis.nodes) {
      if (node.is(OpCode.STORE) || node.is(OpCode.FOLD) && analysis.isOutermost(node)) {
        int depth = 0;
        while (depth < allowed && analysis.dependsOn(node, free.get(depth))) {
          depth++;
        }
        allowed = depth;
      }
    }
    int used = 0;
    long items = 1;
    while (used < allowed && items < WANTED_ITEMS) {
      items *= Analysis.size(free.get(used++));
    }
    return used;
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return analysis.kind();
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(items(), 1, kept.bytes());
  }

  private long items() {
    if (blocks > 0) {
      return blocks;
    }
    long items = 1;
    for (int i = 0; i < parallel; i++) {
      items *= Analysis.size(loops.get(i));
    }
    return items;
  }

  @Override
  public void emit() {
    emitter.keep(kept);
    emitter.emitReady(nodes);
    emitter.ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      if (blocks > 0) {
        emitBlock(item);
      } else {
        emitter.unflatten(item, loops.subList(0, parallel), () -> {
          emitter.emitReady(nodes);
          emitLoops(parallel);
        });
      }
      return none;
    });
  }

  private void emitLoops(int depth) {
    if (depth == loops.size()) {
      return;
    }
    OpNode range = loops.get(depth);
    String size = Long.toString(Analysis.size(range));
    if (range == vector) {
      long step = (long) lanes * unroll;
      long full = Analysis.size(range) / step * step;
      if (full > 0) {
        emitVectors("0", Long.toString(full), depth);
      }
      emitTail(full, depth);
      return;
    }
    emitter.ir.loop("0", size, 1, List.of(), (counter, none) -> emitter.within(range, counter, null, () -> {
      emitter.emitReady(nodes);
      emitLoops(depth + 1);
      return none;
    }));
  }

  private void emitVectors(String from, String below, int depth) {
    OpNode range = loops.get(depth);
    emitter.ir.loop(from, below, (long) lanes * unroll, List.of(), (counter, none) ->
        emitter.within(range, counter, new Axis(range, unroll, lanes, lanes), () -> {
          emitter.emitReady(nodes);
          emitLoops(depth + 1);
          return none;
        }));
  }

  private void emitTail(long from, int depth) {
    OpNode range = loops.get(depth);
    long left = Analysis.size(range) - from;
    if (left > 0) {
      emitter.within(range, Long.toString(from), Axis.vectors(range, left, lanes), () -> {
        emitter.emitReady(nodes);
        emitLoops(depth + 1);
        return true;
      });
    }
  }

  /// A block of the only loop; the last one also does what is left over after the last full step.
  private void emitBlock(String item) {
    long step = (long) lanes * unroll;
    long full = Analysis.size(loops.getFirst()) / step * step;
    Ir ir = emitter.ir;
    String from = ir.value("mul i64 " + item + ", " + blockSize);
    String unlimited = ir.value("add i64 " + from + ", " + blockSize);
    ir.declare("declare i64 @llvm.smin.i64(i64, i64)");
    String below = ir.value("call i64 @llvm.smin.i64(i64 " + unlimited + ", i64 " + full + ")");
    ir.branch(ir.value("icmp slt i64 " + from + ", " + below), () -> emitVectors(from, below, 0), () -> {});
    if (full < Analysis.size(loops.getFirst())) {
      ir.branch(ir.value("icmp eq i64 " + item + ", " + (blocks - 1)), () -> emitTail(full, 0), () -> {});
    }
  }
}
