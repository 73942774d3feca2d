package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Writes the loops of reductions that run together: accumulators carried around the loops, the innermost one in vectors
/// where its elements lie side by side. On a GPU a [CooperativeGroup] may share the innermost loop.
final class Folds {
  /// Independent vector accumulators, enough to hide the latency of an addition (4 cycles at 2 a cycle).
  private static final int ACCUMULATORS = 4;

  /// Additions to an accumulator, one by one.
  private static final long BLOCK = 128;

  /// Steps of inner loops that are written out in a tile: those of a quantised block, whose parts have other shifts and factors.
  private static final long WRITTEN_OUT = 16;

  /// Sums that a member of a group carries around a loop.
  private static final int SUMS_EACH = 16;

  private final Emitter emitter;
  private final List<OpNode> folds;
  private final List<OpNode> inside;
  private final Set<OpNode> products;
  private final List<OpNode> ranges;
  private final int lanes;
  private final int unroll;
  private final boolean isOfTile;
  private final @Nullable CooperativeGroup group;

  /// One accumulator: of a FOLD's instance, for a step of the innermost axis or for the tail after it.
  private record Slot(OpNode fold, List<Integer> steps, int step, int lanes) {}

  private final List<Slot> slots = new ArrayList<>();
  private List<Ir.Carried> neutral = List.of();
  /// Where the innermost loop ends, while a vector may reach behind that.
  private @Nullable String limit;

  /// @param inside what the bodies need that changes in the loops, inputs before users
  /// @param products the bodies that are multiplied and added in one instruction
  Folds(Emitter emitter, List<OpNode> folds, List<OpNode> inside, Set<OpNode> products, int vectorBytes, @Nullable CooperativeGroup group) {
    this.emitter = emitter;
    this.folds = folds;
    this.inside = inside;
    this.products = products;
    ranges = Analysis.foldRanges(folds.getFirst());
    this.group = group;
    long size = Analysis.size(ranges.getLast());
    int most = lanes(emitter, ranges.getLast(), inside, vectorBytes, group);
    lanes = group == null ? most : Threads.divisor(most, size);
    isOfTile = emitter.loops.axes().iterator().hasNext(); // its sums are independent accumulators enough
    unroll = group != null ? unrollFor(group, size) : lanes == 1 || isOfTile ? 1 : Math.clamp(size / lanes, 1, ACCUMULATORS);
  }

  /// The whole share of a member at once, if it is short.
  private int unrollFor(CooperativeGroup group, long size) {
    int share = group.share(size, lanes);
    return share > 0 ? share : Math.clamp(size / ((long) lanes * group.size()), 1, Math.min(ACCUMULATORS, SUMS_EACH / lanes));
  }

  /// How many elements of the innermost loop to take at once: 1 where a vector runs over another loop already, or
  /// where the elements are not side by side.
  static int lanes(Emitter emitter, OpNode last, List<OpNode> inside, int vectorBytes, @Nullable CooperativeGroup group) {
    Axis open = emitter.loops.vectorAxis();
    if (open != null) {
      return 1;
    }
    int widest = 1;
    int narrowest = Long.BYTES;
    int neighbours = 0;
    int scattered = 0;
    for (OpNode node : inside) {
      widest = emitter.analysis.dependsOn(node, last) ? Math.max(widest, emitter.registerBytes(node)) : widest;
      if (node.is(OpCode.LOAD) && emitter.analysis.dependsOn(node, last)) {
        if (emitter.analysis.stride(node, last) == 1) {
          narrowest = Math.min(narrowest, node.dtype().bytes());
          neighbours++;
        } else {
          scattered++;
        }
      }
    }
    int most = group == null ? Math.max(1, vectorBytes / Math.max(4, widest)) : Math.min(Blocks.MOST_LANES, vectorBytes / narrowest);
    return Analysis.size(last) >= 4 && neighbours >= scattered ? (int) Math.min(most, Analysis.size(last)) : 1;
  }

  void emit() {
    OpNode last = ranges.getLast();
    long size = Analysis.size(last);
    boolean ends = !last.inputs().isEmpty();
    int tail = group == null ? (int) (size % lanes) : ends && lanes > 1 ? 1 : 0;
    for (OpNode fold : folds) {
      for (List<Integer> steps : emitter.loops.instances(fold)) {
        int own = emitter.loops.lanes(fold, steps);
        for (int step = 0; step < unroll; step++) {
          slots.add(new Slot(fold, steps, step, Math.max(lanes, own)));
        }
        if (tail > 0) {
          slots.add(new Slot(fold, steps, unroll, tail));
        }
      }
    }
    List<Ir.Carried> carried = new ArrayList<>();
    for (Slot slot : slots) {
      DType dtype = slot.fold.dtype();
      carried.add(new Ir.Carried(Ir.type(dtype, slot.lanes), Instructions.neutral(combine(slot.fold), dtype, slot.lanes)));
    }
    neutral = List.copyOf(carried);
    List<Ir.Carried> results = outer(0, carried);
    for (OpNode fold : folds) {
      for (List<Integer> steps : emitter.loops.instances(fold)) {
        String own = combined(fold, steps, results);
        emitter.define(fold, steps, group == null ? own : group.combine(combine(fold), fold.dtype(), emitter.loops.lanes(fold, steps), own));
      }
    }
  }

  private static OpCode combine(OpNode fold) {
    return fold.payload(OpCode.class);
  }

  private List<Ir.Carried> outer(int depth, List<Ir.Carried> carried) {
    OpNode range = ranges.get(depth);
    if (group != null && isSharedWhole(group)) {
      return sharedWhole(group, carried);
    }
    if (depth < ranges.size() - 1) {
      return loop(range, emitter.end(range), 1, additions(depth + 1), carried, (counter, values) ->
          emitter.within(range, counter, null, () -> {
            emitter.emitReady(inside);
            return outer(depth + 1, values);
          }));
    }
    if (!range.inputs().isEmpty()) {
      return group == null ? ending(range, carried) : endingShared(range, group, carried);
    }
    return group == null ? innermost(range, carried) : shared(range, group, carried);
  }

  /// Whether two loops, such as the halves of a head's numbers, have a vector for each member together, and the inner one alone has not.
  private boolean isSharedWhole(CooperativeGroup group) {
    return ranges.size() == 2 && ranges.stream().allMatch(range -> range.inputs().isEmpty()) && Analysis.size(ranges.get(0)) > 1
        && Analysis.size(ranges.get(1)) % lanes == 0 && Analysis.count(ranges) == (long) lanes * group.size();
  }

  private List<Ir.Carried> sharedWhole(CooperativeGroup group, List<Ir.Carried> carried) {
    OpNode inner = ranges.get(1);
    long vectors = Analysis.size(inner) / lanes;
    return emitter.within(ranges.get(0), emitter.ir.quotient(group.rank(), vectors), null, () -> {
      emitter.emitReady(inside);
      return part(inner, emitter.ir.value("mul i64 " + emitter.ir.remainder(group.rank(), vectors) + ", " + lanes), 1, lanes, carried);
    });
  }

  /// The innermost loop where data ends it. Elements are added as in the loop that goes on with neutral ones, so that bits are the
  /// same; of the last vectors those behind the end do not count.
  private List<Ir.Carried> ending(OpNode range, List<Ir.Carried> carried) {
    Ir ir = emitter.ir;
    String end = emitter.end(range);
    if (lanes == 1) {
      return loop(range, end, 1, 1, carried, (counter, v) -> emitter.within(range, counter, null, () -> accumulate(v, null)));
    }
    long size = Analysis.size(range);
    long stride = (long) lanes * unroll;
    long full = size / stride * stride;
    String last = multiple(emitter.plus(end, stride - 1), stride);
    List<Ir.Carried> values = full == 0 ? carried : loop(range, full == size ? last : ir.smallest(last, Long.toString(full)), stride, 1, carried, (counter, v) -> {
      Axis axis = new Axis(range, unroll, lanes, lanes);
      String whole = ir.value("icmp sle i64 " + emitter.plus(counter, stride) + ", " + end);
      return ir.choose(whole, () -> emitter.within(range, counter, axis, () -> accumulate(v, axis)), () -> before(end, () -> emitter.within(range, counter, axis, () -> accumulate(v, axis))));
    });
    int vectors = (int) ((size - full) / lanes);
    if (vectors > 0) {
      Axis axis = new Axis(range, vectors, lanes, lanes);
      List<Ir.Carried> v = values;
      values = ir.when(ir.value("icmp slt i64 " + full + ", " + end), v, () -> before(end, () -> emitter.within(range, Long.toString(full), axis, () -> accumulate(v, axis))));
    }
    int tail = (int) (size % lanes);
    if (tail > 0) {
      Axis axis = new Axis(range, 1, tail, tail);
      List<Ir.Carried> v = values;
      String start = Long.toString(size - tail);
      values = ir.when(ir.value("icmp slt i64 " + start + ", " + end), v, () -> before(end, () -> emitter.within(range, start, axis, () -> accumulateTail(v, List.of(0)))));
    }
    return values;
  }

  /// Has a body add no elements behind an end.
  private List<Ir.Carried> before(String end, Supplier<List<Ir.Carried>> body) {
    limit = end;
    List<Ir.Carried> result = body.get();
    limit = null;
    return result;
  }

  /// The innermost loop where data ends it, shared by a group: whole vectors up to the last, then one element after the other by
  /// the member whose turn it is.
  private List<Ir.Carried> endingShared(OpNode range, CooperativeGroup group, List<Ir.Carried> carried) {
    Ir ir = emitter.ir;
    String end = emitter.end(range);
    long chunk = (long) lanes * group.size();
    String own = group.times(lanes);
    String full = multiple(end, chunk * unroll);
    List<Ir.Carried> values = loop(range, full, chunk * unroll, 1, carried, (counter, v) ->
        part(range, emitter.sum(counter, own), unroll, chunk, v));
    if (chunk * unroll == 1) {
      return values;
    }
    String whole = lanes == 1 ? end : multiple(end, lanes);
    String first = emitter.sum(full, own);
    List<Ir.Carried> before = values;
    values = ir.when(ir.value("icmp slt i64 " + first + ", " + whole), before, () -> ir.loop(first, whole, chunk, before, (counter, v) ->
        part(range, counter, 1, chunk, v)));
    if (lanes == 1) {
      return values;
    }
    List<Ir.Carried> vectors = values;
    String left = ir.value("icmp slt i64 " + whole + ", " + end);
    String turn = group.size() == 1 ? left
        : ir.value("and i1 " + left + ", " + ir.value("icmp eq i64 " + own + ", " + ir.value("sub i64 " + whole + ", " + multiple(whole, chunk))));
    return ir.when(turn, vectors, () -> ir.loop(whole, end, 1, vectors, (counter, v) ->
        emitter.within(range, counter, null, () -> accumulateTail(v, List.of()))));
  }

  private String multiple(String number, long of) {
    return of == 1 ? number : emitter.ir.value("sub i64 " + number + ", " + emitter.ir.remainder(number, of));
  }

  /// A loop of additions from 0 on, in blocks where sums are rounded.
  /// @param below a multiple of `step`, more than 0 unless data ends the loop
  /// @param additions of one iteration to each accumulator
  private List<Ir.Carried> loop(OpNode range, String below, long step, long additions, List<Ir.Carried> carried, Ir.LoopBody body) {
    boolean rounds = folds.stream().anyMatch(fold -> combine(fold) == OpCode.ADD && fold.dtype().isFloating());
    boolean exact = range.inputs().isEmpty();
    if (exact && isWrittenOut(range, step, additions)) {
      List<Ir.Carried> values = carried;
      for (long counter = 0; counter < Long.parseLong(below); counter += step) {
        values = body.emit(Long.toString(counter), values);
      }
      return values;
    }
    long most = exact ? Long.parseLong(below) / step : Math.max(1, Analysis.size(range) / step);
    Supplier<List<Ir.Carried>> loop = () -> rounds
        ? new BlockedLoop(emitter, most, exact, additions, BLOCK, neutral, this::added).emit(below, step, carried, body)
        : emitter.ir.loop("0", below, step, carried, body);
    return exact ? loop.get() : emitter.ir.when(emitter.ir.value("icmp slt i64 0, " + below), carried, loop);
  }

  private boolean isWrittenOut(OpNode range, long step, long additions) {
    return isOfTile && group == null && range != ranges.getFirst() && Analysis.size(range) / step * additions <= WRITTEN_OUT;
  }

  /// How many additions to each accumulator the loops from a depth on make.
  private long additions(int depth) {
    long each = (long) lanes * unroll * (group == null ? 1 : group.size());
    return Analysis.count(ranges.subList(depth, ranges.size() - 1)) * Math.ceilDiv(Analysis.size(ranges.getLast()), each);
  }

  private List<Ir.Carried> added(List<Ir.Carried> before, List<Ir.Carried> block) {
    List<Ir.Carried> sums = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      sums.add(new Ir.Carried(before.get(i).type(), emitter.instructions.binary(
          combine(slot.fold), Analysis.inRegister(slot.fold.dtype()), slot.lanes, before.get(i).value(), block.get(i).value())));
    }
    return sums;
  }

  /// The innermost loop shared by a group: vector after vector goes to one member after the other.
  private List<Ir.Carried> shared(OpNode range, CooperativeGroup group, List<Ir.Carried> carried) {
    long size = Analysis.size(range);
    long chunk = (long) lanes * group.size();
    long full = size / (chunk * unroll) * chunk * unroll;
    String own = group.times(lanes);
    List<Ir.Carried> values = carried;
    if (full > 0) {
      values = loop(range, Long.toString(full), chunk * unroll, 1, values, (counter, v) ->
          part(range, emitter.sum(counter, own), unroll, chunk, v));
    }
    int whole = (int) ((size - full) / chunk);
    if (whole > 0) {
      values = part(range, emitter.plus(own, full), whole, chunk, values);
    }
    long left = size % chunk;
    if (left > 0) {
      String mine = emitter.ir.value("icmp slt i64 " + own + ", " + left);
      List<Ir.Carried> before = values;
      values = emitter.ir.when(mine, before, () -> part(range, emitter.plus(own, size - left), 1, chunk, before));
    }
    return values;
  }

  private List<Ir.Carried> part(OpNode range, String from, int count, long stride, List<Ir.Carried> values) {
    Axis axis = new Axis(range, count, lanes, lanes, stride);
    return emitter.within(range, from, axis, () -> accumulate(values, axis));
  }

  private List<Ir.Carried> innermost(OpNode range, List<Ir.Carried> carried) {
    long size = Analysis.size(range);
    if (lanes == 1) {
      return loop(range, Long.toString(size), 1, 1, carried, (counter, values) ->
          emitter.within(range, counter, null, () -> accumulate(values, null)));
    }
    long stride = (long) lanes * unroll;
    long full = size / stride * stride;
    List<Ir.Carried> values = carried;
    if (full > 0) {
      values = loop(range, Long.toString(full), stride, 1, values, (counter, v) -> {
        Axis axis = new Axis(range, unroll, lanes, lanes);
        return emitter.within(range, counter, axis, () -> accumulate(v, axis));
      });
    }
    int vectors = (int) ((size - full) / lanes);
    if (vectors > 0) {
      Axis axis = new Axis(range, vectors, lanes, lanes);
      List<Ir.Carried> v = values;
      values = emitter.within(range, Long.toString(full), axis, () -> accumulate(v, axis));
    }
    int tail = (int) (size % lanes);
    if (tail > 0) {
      Axis axis = new Axis(range, 1, tail, tail);
      List<Ir.Carried> v = values;
      values = emitter.within(range, Long.toString(size - tail), axis, () -> accumulateTail(v, List.of(0)));
    }
    return values;
  }

  private List<Ir.Carried> accumulate(List<Ir.Carried> values, @Nullable Axis axis) {
    emitter.emitReady(inside);
    List<Ir.Carried> next = new ArrayList<>(values);
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (slot.step < (axis == null ? 1 : axis.count())) {
        List<Integer> steps = new ArrayList<>(slot.steps);
        if (axis != null) {
          steps.add(slot.step);
        }
        next.set(i, add(slot, steps, values.get(i)));
      }
    }
    return next;
  }

  /// @param last the step along the innermost loop, if it is an axis
  private List<Ir.Carried> accumulateTail(List<Ir.Carried> values, List<Integer> last) {
    emitter.emitReady(inside);
    List<Ir.Carried> next = new ArrayList<>(values);
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (slot.step == unroll) {
        List<Integer> steps = new ArrayList<>(slot.steps);
        steps.addAll(last);
        next.set(i, add(slot, steps, values.get(i)));
      }
    }
    return next;
  }

  private Ir.Carried add(Slot slot, List<Integer> steps, Ir.Carried before) {
    Ir.Carried sum = sum(slot, steps, before);
    if (limit == null) {
      return sum;
    }
    String counters = Ir.type(DType.INT64, slot.lanes);
    String counts = emitter.ir.value("icmp slt " + counters + " " + emitter.operand(ranges.getLast(), steps, slot.lanes) + ", " + emitter.splat("i64", limit, slot.lanes));
    String type = before.type();
    return new Ir.Carried(type, emitter.ir.value("select " + Ir.type(DType.BOOL, slot.lanes) + " " + counts + ", " + type + " " + sum.value() + ", " + type + " " + before.value()));
  }

  private Ir.Carried sum(Slot slot, List<Integer> steps, Ir.Carried before) {
    OpNode body = slot.fold.input(0);
    if (products.contains(body)) {
      String a = emitter.operand(body.input(0), steps, slot.lanes);
      String b = emitter.operand(body.input(1), steps, slot.lanes);
      OpNode fused = OpNode.of(OpCode.FMA, body.input(0), body.input(1), body);
      return new Ir.Carried(before.type(), emitter.instructions.emit(fused, slot.lanes, List.of(a, b, before.value())));
    }
    String value = emitter.operand(body, steps, slot.lanes);
    emitter.keep(slot.fold, steps, slot.lanes, value);
    return new Ir.Carried(before.type(),
        emitter.instructions.binary(combine(slot.fold), Analysis.inRegister(body.dtype()), slot.lanes, before.value(), value));
  }

  /// The accumulators of one instance put together: steps in a tree, then lanes, then the tail.
  private String combined(OpNode fold, List<Integer> steps, List<Ir.Carried> results) {
    List<String> parts = new ArrayList<>();
    String tail = null;
    int own = emitter.loops.lanes(fold, steps);
    int width = 1;
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (slot.fold == fold && slot.steps.equals(steps)) {
        if (slot.step == unroll) {
          tail = emitter.instructions.reduce(combine(fold), fold.dtype(), slot.lanes, results.get(i).value());
        } else {
          parts.add(results.get(i).value());
          width = slot.lanes;
        }
      }
    }
    DType dtype = Analysis.inRegister(fold.dtype());
    while (parts.size() > 1) {
      List<String> halved = new ArrayList<>();
      for (int i = 0; i < parts.size(); i += 2) {
        halved.add(i + 1 < parts.size() ? emitter.instructions.binary(combine(fold), dtype, width, parts.get(i), parts.get(i + 1)) : parts.get(i));
      }
      parts = halved;
    }
    String value = own > 1 ? parts.getFirst() : emitter.instructions.reduce(combine(fold), dtype, width, parts.getFirst());
    return tail == null ? value : emitter.instructions.binary(combine(fold), dtype, 1, value, tail);
  }
}
