package org.teenygrad.engine.codegen;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Writes the values of a kernel inside whatever loops are open.
///
/// Each value is written in the outermost loop where all that it depends on is known ([#emitReady]), so nothing is computed
/// again in an inner loop. Inside an [Axis] a value has an instance for each step of the axes that it depends on: a matrix
/// product's tile of accumulators is one FOLD with instances over two axes.
final class Emitter {
  final Analysis analysis;
  final Ir ir;
  final Instructions instructions;
  final Memory memory;
  final OpenLoops loops;
  private final Deque<Scope> scopes = new ArrayDeque<>();
  private final int vectorBytes;
  /// Who shares the loops of reductions, where several threads work on one item.
  private @Nullable CooperativeGroup group;
  /// When what is computed may be stored, where several threads compute the same.
  private @Nullable String guard;

  /// What reductions have computed already.
  private KeptRows keptRows = KeptRows.NONE;

  private record Instance(OpNode node, List<Integer> steps, int form) {}

  private static final int VALUE = 0;
  private static final int BASE = 1;
  private static final int SPLAT = 2;

  /// What has been written since a loop was entered, and cannot be used outside it.
  private static final class Scope {
    final Map<Instance, String> values = new HashMap<>();
    final Set<OpNode> done = new HashSet<>();
  }

  Emitter(Analysis analysis, Ir ir, int vectorBytes) {
    this.analysis = analysis;
    this.ir = ir;
    this.vectorBytes = vectorBytes;
    loops = new OpenLoops(analysis);
    instructions = new Instructions(ir);
    memory = new Memory(this);
    scopes.push(new Scope());
  }

  /// Runs `body` with a loop counter known; what it writes is forgotten afterwards.
  <T> T within(OpNode range, String counter, @Nullable Axis axis, Supplier<T> body) {
    loops.open(range, counter, axis);
    scopes.push(new Scope());
    T result = body.get();
    scopes.pop();
    loops.close(range);
    return result;
  }

  /// Runs `body` with the loops open that a flat number stands for, the last one changing fastest.
  void unflatten(String number, List<OpNode> ranges, Runnable body) {
    unflatten(number, ranges, null, body);
  }

  /// The same, the last loop being an axis if there is one.
  void unflatten(String number, List<OpNode> ranges, @Nullable Axis axis, Runnable body) {
    if (ranges.isEmpty()) {
      body.run();
      return;
    }
    OpNode range = ranges.getLast();
    boolean only = ranges.size() == 1;
    String counter = only ? number : ir.remainder(number, Analysis.size(range));
    String rest = only ? number : ir.quotient(number, Analysis.size(range));
    within(range, counter, axis, () -> {
      unflatten(rest, ranges.subList(0, ranges.size() - 1), body);
      return true;
    });
  }

  /// Has reductions keep rows, and values of these rows be loaded.
  void keep(KeptRows rows) {
    keptRows = rows;
  }

  /// Keeps a vector of what a FOLD adds up, if it is of a row that is kept.
  void keep(OpNode fold, List<Integer> steps, int lanes, String value) {
    keptRows.keep(this, fold, steps, lanes, value);
  }

  /// Writes all of `order` that the open loops allow: values, whole FOLDs, and STOREs.
  /// @param order nodes, inputs before users
  void emitReady(List<OpNode> order) {
    long available = loops.available();
    // Stores come last: one may overwrite what another value is loaded from.
    List<OpNode> stores = new ArrayList<>();
    for (OpNode node : order) {
      if ((analysis.dependencies(node) & ~available) == 0 && !isDone(node) && node.op().group() != OpCode.Group.TILE) {
        switch (node.op()) {
          case CONST, RANGE, PARAM, SINK -> {}
          case FOLD -> emitFolds(foldsLike(node, order, available));
          case STORE -> stores.add(node);
          default -> emitValue(node);
        }
      }
    }
    if (guard == null || stores.isEmpty()) {
      stores.forEach(this::store);
    } else {
      branch(guard, () -> stores.forEach(this::store));
    }
    stores.forEach(this::done);
  }

  private void store(OpNode store) {
    loops.instances(store).forEach(steps -> memory.store(store, steps));
  }

  /// Runs `body` where a condition holds; what it writes is forgotten afterwards.
  void branch(String condition, Runnable body) {
    branch(condition, body, () -> {});
  }

  /// Runs one of two bodies; what they write is forgotten afterwards.
  void branch(String condition, Runnable body, Runnable otherwise) {
    ir.branch(condition, () -> scoped(body), () -> scoped(otherwise));
  }

  private void scoped(Runnable body) {
    scopes.push(new Scope());
    body.run();
    scopes.pop();
  }

  /// Runs `body` with a group sharing the reductions, and only those threads storing for which `guard` is true.
  void shared(@Nullable CooperativeGroup group, @Nullable String guard, Runnable body) {
    CooperativeGroup outerGroup = this.group;
    String outerGuard = this.guard;
    this.group = group;
    this.guard = guard;
    body.run();
    this.group = outerGroup;
    this.guard = outerGuard;
  }

  /// As [#emitReady] where no FOLDs are left, one step of an axis after the other: what follows the sums of a tile is
  /// computed and stored row by row, so that it needs few registers beside the sums.
  void emitReadyAlong(OpNode range, List<OpNode> order) {
    long available = loops.available();
    List<OpNode> ready = order.stream().filter(node -> (analysis.dependencies(node) & ~available) == 0 && !isDone(node)).toList();
    emitReady(ready.stream().filter(node -> !analysis.dependsOn(node, range)).toList());
    Axis axis = Objects.requireNonNull(loops.axis(range));
    List<OpNode> along = ready.stream()
        .filter(node -> analysis.dependsOn(node, range) && !node.is(OpCode.RANGE) && !node.is(OpCode.SINK) && !analysis.isAddress(node))
        .toList();
    for (int step = 0; step < axis.count(); step++) {
      for (boolean stores : new boolean[] {false, true}) {
        for (OpNode node : along) {
          for (List<Integer> steps : loops.instances(node)) {
            if (loops.step(range, steps) == step && node.is(OpCode.STORE) == stores) {
              if (stores) {
                memory.store(node, steps);
              } else {
                value(node, steps);
              }
            }
          }
        }
      }
    }
    along.forEach(this::done);
  }

  private void emitValue(OpNode node) {
    if (analysis.isAddress(node)) {
      Axis vector = loops.vectorAxis();
      if (node.dtype() == DType.INT64 && (vector == null || analysis.factor(node, vector.range()) != -1)) {
        base(node, loops.zeroSteps());
      }
    } else {
      loops.instances(node).forEach(steps -> value(node, steps));
      done(node);
    }
  }

  /// How wide a lane of the node is in a register; 0 for what is never a vector.
  int registerBytes(OpNode node) {
    boolean plain = node.is(OpCode.CONST) || node.is(OpCode.RANGE) || node.is(OpCode.PARAM) || node.is(OpCode.STORE);
    return plain || analysis.isAddress(node) ? 0 : Analysis.inRegister(node.dtype()).bytes();
  }

  private boolean isDone(OpNode node) {
    return scopes.stream().anyMatch(scope -> scope.done.contains(node));
  }

  private void done(OpNode node) {
    Objects.requireNonNull(scopes.peek()).done.add(node);
  }

  private @Nullable String find(Instance key) {
    for (Scope scope : scopes) {
      String value = scope.values.get(key);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private String remember(Instance key, String value) {
    Objects.requireNonNull(scopes.peek()).values.put(key, value);
    return value;
  }

  /// Makes a FOLD's result, computed elsewhere, known.
  void define(OpNode node, List<Integer> steps, String value) {
    remember(new Instance(node, loops.project(node, steps), VALUE), value);
    done(node);
  }

  /// The value of a node at some steps, with as many lanes as it has there by itself.
  String value(OpNode node, List<Integer> steps) {
    if (node.is(OpCode.CONST)) {
      return Ir.constant(node.dtype(), Objects.requireNonNull(node.payload()), 1);
    }
    Instance key = new Instance(node, loops.project(node, steps), VALUE);
    String known = find(key);
    return known != null ? known : remember(key, write(node, key.steps));
  }

  private String write(OpNode node, List<Integer> steps) {
    String before = keptRows.kept(this, node, steps);
    return before != null ? before : switch (node.op()) {
      case RANGE -> counter(node, steps);
      case LOAD -> memory.load(node, steps);
      case FOLD -> throw new IllegalStateException("a FOLD is used before it is computed: " + node);
      default -> {
        int lanes = loops.lanes(node, steps);
        yield memory.isGatheredWord(node, lanes) ? memory.gatherWord(node, steps, lanes) : instructions.emit(node, lanes, node.inputs().stream().map(input -> operand(input, steps, lanes)).toList());
      }
    };
  }

  /// The value of a node as a vector of `lanes`, repeated if it is the same for all.
  String operand(OpNode node, List<Integer> steps, int lanes) {
    if (node.is(OpCode.CONST)) {
      return Ir.constant(node.dtype(), Objects.requireNonNull(node.payload()), lanes);
    }
    String value = value(node, steps);
    if (lanes == 1 || loops.lanes(node, loops.project(node, steps)) == lanes) {
      return value;
    }
    List<Integer> key = new ArrayList<>(loops.project(node, steps));
    key.add(lanes);
    Instance splat = new Instance(node, key, SPLAT);
    String known = find(splat);
    return known != null ? known : remember(splat, splat(Ir.type(node.dtype(), 1), value, lanes));
  }

  String splat(String type, String value, int lanes) {
    return instructions.splat(type, value, lanes);
  }

  private String counter(OpNode range, List<Integer> steps) {
    String base = loops.counter(range);
    Axis axis = loops.axis(range);
    if (axis == null) {
      return base;
    }
    int step = loops.step(axis.range(), steps);
    String start = plus(base, step * axis.stride());
    int lanes = axis.lanes(step);
    if (!axis.isVector() || lanes == 1) {
      return start;
    }
    StringBuilder ramp = new StringBuilder("<");
    for (int i = 0; i < lanes; i++) {
      ramp.append(i == 0 ? "" : ", ").append("i64 ").append(i);
    }
    String type = Ir.type(DType.INT64, lanes);
    return ir.value("add " + type + " " + splat("i64", start, lanes) + ", " + ramp + ">");
  }

  String plus(String value, long number) {
    return ir.plus(value, number);
  }

  String sum(String a, String b) {
    return a.equals("0") ? b : b.equals("0") ? a : ir.value("add i64 " + a + ", " + b);
  }

  String difference(String a, String b) {
    return b.equals("0") ? a : ir.value("sub i64 " + a + ", " + b);
  }

  /// An index as a scalar, in the first lane and at the first step of every axis; where an axis enters otherwise than by a
  /// constant factor, at its given step.
  String base(OpNode index, List<Integer> steps) {
    if (index.is(OpCode.CONST)) {
      return Ir.constant(DType.INT64, Objects.requireNonNull(index.payload()), 1);
    }
    boolean dependsOnAxis = false;
    for (Axis axis : loops.axes()) {
      dependsOnAxis |= analysis.dependsOn(index, axis.range());
    }
    if (!dependsOnAxis) {
      return value(index, steps);
    }
    Instance key = new Instance(index, loops.project(index, steps), BASE);
    String known = find(key);
    if (known != null) {
      return known;
    }
    if (index.is(OpCode.RANGE)) {
      return remember(key, plus(loops.counter(index), axisOffset(index, steps)));
    }
    boolean arithmetic = index.op().isElementwise() && index.dtype() == DType.INT64 && !index.is(OpCode.CAST);
    if (!arithmetic) {
      return value(index, steps);
    }
    List<String> operands = index.inputs().stream().map(input -> base(input, steps)).toList();
    return remember(key, instructions.emit(index, 1, operands));
  }

  private long axisOffset(OpNode range, List<Integer> steps) {
    Axis axis = Objects.requireNonNull(loops.axis(range));
    return loops.step(axis.range(), steps) * axis.stride();
  }

  // Reductions

  /// Where a loop ends that data may end, as a value from 0 up to its size, or as a number.
  String end(OpNode range) {
    long size = Analysis.size(range);
    if (range.inputs().isEmpty()) {
      return Long.toString(size);
    }
    ir.declare("declare i64 @llvm.smax.i64(i64, i64)");
    return ir.value("call i64 @llvm.smax.i64(i64 " + ir.smallest(operand(range.input(0), loops.zeroSteps(), 1), Long.toString(size)) + ", i64 0)");
  }

  /// The FOLD and all others over the same loops that can run along with it.
  private List<OpNode> foldsLike(OpNode fold, List<OpNode> order, long available) {
    List<OpNode> group = new ArrayList<>();
    for (OpNode other : order) {
      boolean alike = other.is(OpCode.FOLD)
          && Analysis.foldRanges(other).equals(Analysis.foldRanges(fold))
          && (analysis.dependencies(other) & ~available) == 0
          && !isDone(other);
      if (other == fold || alike && isComplete(other, available) && lanes(other) == lanes(fold)) {
        group.add(other);
      }
    }
    return group;
  }

  /// Whether every FOLD that this one's body needs from outside its loops has been computed.
  private boolean isComplete(OpNode fold, long available) {
    for (OpNode node : Graph.topological(fold.inputs())) {
      if (node.is(OpCode.FOLD) && (analysis.dependencies(node) & ~available) == 0 && !isDone(node)) {
        return false;
      }
    }
    return true;
  }

  /// Elements that a reduction takes at once. On a processor those beside which it runs take as many: so the order of its sums is its own.
  private int lanes(OpNode fold) {
    return group == null ? Folds.lanes(this, Analysis.foldRanges(fold).getLast(), inside(List.of(fold)), vectorBytes, null) : 0;
  }

  /// What the bodies of reductions need that changes in their loops.
  private List<OpNode> inside(List<OpNode> folds) {
    long mask = Analysis.foldMask(folds.getFirst());
    Set<OpNode> alone = products(folds).stream().filter(product -> analysis.nodes.stream().filter(node -> node.inputs().contains(product)).count() == 1).collect(Collectors.toSet());
    return Graph.topological(folds.stream().flatMap(fold -> fold.inputs().stream()).toList()).stream()
        .filter(node -> (analysis.dependencies(node) & mask) != 0 && !alone.contains(node)).toList();
  }

  private void emitFolds(List<OpNode> folds) {
    long mask = Analysis.foldMask(folds.getFirst());
    List<OpNode> closure = Graph.topological(folds.stream().flatMap(fold -> fold.inputs().stream()).toList());
    emitReady(closure.stream().filter(node -> (analysis.dependencies(node) & mask) == 0).toList());
    Set<OpNode> products = products(folds);
    List<OpNode> inside = inside(folds);
    CooperativeGroup sharing = group;
    shared(null, guard, () -> new Folds(this, folds, inside, products, vectorBytes, sharing).emit());
    folds.forEach(this::done);
  }

  /// The products that sums add up: each fuses with the addition, whoever else uses it, so that a sum's bits do not depend on that.
  private static Set<OpNode> products(List<OpNode> folds) {
    Set<OpNode> products = new HashSet<>();
    for (OpNode fold : folds) {
      OpNode body = fold.input(0);
      if (fold.payload() == OpCode.ADD && body.is(OpCode.MUL) && body.dtype().isFloating()) {
        products.add(body);
      }
    }
    return products;
  }

}
