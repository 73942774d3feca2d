package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// Reductions and elementwise kernels of several loops on a GPU: each thread, or a [CooperativeGroup] of them, takes one item, as
/// [ThreadMapping] says.
final class Blocks implements LoopNest {
  /// Lanes of a vector, at most: 16 bytes of the narrowest common type, 16-bit floats.
  static final int MOST_LANES = 8;

  private final Emitter emitter;
  private final Analysis analysis;
  private final ThreadMapping mapping;
  private final int lanes;

  Blocks(Emitter emitter, Target.Gpu target) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    mapping = new ThreadMapping(emitter, target);
    lanes = mapping.lanes;
  }

  /// How many neighbours along a loop a thread takes at once: whole vectors of the narrowest type, if accesses run over neighbours.
  /// @param size what they have to divide
  static int lanes(Analysis analysis, OpNode range, long most, long size) {
    int narrowest = Long.BYTES;
    boolean good = false;
    for (OpNode node : analysis.nodes) {
      boolean access = node.is(OpCode.LOAD) || node.is(OpCode.STORE);
      if (access && analysis.dependsOn(node.input(1), range) && analysis.stride(node, range) == 1) {
        narrowest = Math.min(narrowest, node.input(0).dtype().bytes());
        good = true;
      }
    }
    good &= !analysis.endsOthers(range);
    boolean folds = analysis.folds().stream().anyMatch(fold -> analysis.dependsOn(fold, range));
    int widest = Math.min(folds ? 4 : MOST_LANES, Analysis.VECTOR_BYTES / narrowest);
    return good ? Threads.divisor(Math.clamp(most, 1, widest), size) : 1;
  }

  /// How many threads share a row that lies along its neighbours, if nothing is against it.
  static long members(long elements) {
    long warp = Math.min(Threads.WARP, atLeast(Math.ceilDiv(elements, MOST_LANES)));
    return Math.max(warp, atLeast(Math.ceilDiv(elements, CooperativeGroup.MOST_IN_REGISTERS)));
  }

  /// The smallest power of two that is not less.
  private static long atLeast(long number) {
    return Long.highestOneBit(2 * number - 1);
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
    return new Program.Launch(Math.ceilDiv(mapping.items, mapping.threads / mapping.size), mapping.threads, mapping.repeated.bytes());
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    CooperativeGroup group = new CooperativeGroup(ir, mapping.size, mapping.threads, mapping.neighbours);
    int perBlock = mapping.threads / mapping.size;
    String item = emitter.sum(ir.value("mul i64 " + Threads.block(ir) + ", " + perBlock), group.number());
    boolean exact = mapping.items % perBlock == 0;
    if (mapping.size == 1 && mapping.rest.isEmpty()) {
      Runnable body = () -> atItem(item, null, null);
      if (exact) {
        body.run();
      } else {
        emitter.branch(ir.value("icmp slt i64 " + item + ", " + mapping.items), body);
      }
      return;
    }
    // A group without an item of its own computes the last one along with its owner: all threads have to meet at barriers.
    String valid = exact ? null : ir.value("icmp slt i64 " + item + ", " + mapping.items);
    String clamped = exact ? item : ir.value("select i1 " + valid + ", i64 " + item + ", i64 " + (mapping.items - 1));
    atItem(clamped, group, valid);
  }

  private void atItem(String item, @Nullable CooperativeGroup group, @Nullable String valid) {
    if (mapping.rest.isEmpty() && lanes > 1) {
      // The last loop of an item in vectors.
      OpNode last = mapping.rows.getLast();
      long vectors = Analysis.size(last) / lanes / mapping.passes;
      List<OpNode> others = mapping.rows.subList(0, mapping.rows.size() - 1);
      Ir ir = emitter.ir;
      String counter = others.isEmpty() ? item : ir.remainder(item, vectors);
      String number = others.isEmpty() ? "0" : ir.quotient(item, vectors);
      Axis axis = new Axis(last, mapping.passes, lanes, lanes, vectors * lanes);
      emitter.unflatten(number, others, () -> emitter.within(last, ir.value("mul i64 " + counter + ", " + lanes), axis, () -> {
        atRow(group, valid);
        return true;
      }));
    } else {
      emitter.unflatten(item, mapping.rows, () -> atRow(group, valid));
    }
  }

  private void atRow(@Nullable CooperativeGroup group, @Nullable String valid) {
    if (group == null) {
      emitter.emitReady(analysis.nodes);
      return;
    }
    Ir ir = emitter.ir;
    mapping.repeated.fetch(group);
    String first = ir.value("icmp eq i64 " + group.rank() + ", 0");
    emitter.shared(group, valid == null ? first : ir.value("and i1 " + first + ", " + valid), () -> emitter.emitReady(analysis.nodes));
    if (!mapping.rest.isEmpty()) {
      emitter.shared(null, valid, () -> share(group, valid));
    }
  }

  /// The loops that are left, their iterations shared out to the group.
  private void share(CooperativeGroup group, @Nullable String valid) {
    Ir ir = emitter.ir;
    OpNode last = mapping.shared.getLast();
    boolean single = mapping.rest.size() == 1 && lanes > 1
        && analysis.folds().stream().noneMatch(fold -> analysis.dependsOn(fold, last));
    int each = single ? group.share(Analysis.size(last), lanes) : 0;
    if (each > 0) {
      // One vector after the other: what a member kept of them is at hand.
      Axis axis = new Axis(last, each, lanes, lanes, (long) lanes * group.size());
      Runnable body = () -> emitter.within(last, group.times(lanes), axis, () -> {
        emitter.emitReadyAlong(last, analysis.nodes);
        return true;
      });
      if (valid == null) {
        body.run();
      } else {
        emitter.branch(valid, body);
      }
      return;
    }
    long vectors = Analysis.count(mapping.shared) / lanes;
    long full = vectors / group.size() * group.size();
    if (full > 0) {
      ir.loop("0", Long.toString(full), group.size(), List.of(), (counter, none) -> {
        atShared(emitter.sum(counter, group.rank()));
        return none;
      });
    }
    if (full < vectors) {
      emitter.branch(ir.value("icmp slt i64 " + group.rank() + ", " + (vectors - full)), () -> atShared(emitter.plus(group.rank(), full)));
    }
  }

  private void atShared(String vector) {
    Ir ir = emitter.ir;
    OpNode last = mapping.shared.getLast();
    List<OpNode> others = mapping.shared.subList(0, mapping.shared.size() - 1);
    long vectors = Analysis.size(last) / lanes;
    String counter = others.isEmpty() ? vector : ir.remainder(vector, vectors);
    String number = others.isEmpty() ? "0" : ir.quotient(vector, vectors);
    Axis axis = lanes == 1 ? null : new Axis(last, 1, lanes, lanes);
    emitter.unflatten(number, others, () ->
        emitter.within(last, lanes == 1 ? counter : ir.value("mul i64 " + counter + ", " + lanes), axis, () -> {
          emitter.emitReady(analysis.nodes);
          serial(new ArrayList<>(mapping.rest.subList(mapping.shared.size(), mapping.rest.size())));
          return true;
        }));
  }

  /// Loops below those that everything depends on, by one thread in order.
  private void serial(List<OpNode> ranges) {
    if (ranges.isEmpty()) {
      return;
    }
    OpNode range = ranges.getFirst();
    emitter.ir.loop("0", Long.toString(Analysis.size(range)), 1, List.of(), (counter, none) -> emitter.within(range, counter, null, () -> {
      emitter.emitReady(analysis.nodes);
      serial(ranges.subList(1, ranges.size()));
      return none;
    }));
  }
}
