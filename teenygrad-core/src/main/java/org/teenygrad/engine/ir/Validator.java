package org.teenygrad.engine.ir;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// Checks what must hold between the nodes of a graph, where [OpNode#create] sees only one node and its inputs. Tests run it
/// after every pass; each message starts with the rule's name.
public final class Validator {
  private final Collection<OpNode> roots;
  private final List<OpNode> order;

  private Validator(Collection<OpNode> roots) {
    this.roots = roots;
    order = Graph.topological(roots);
  }

  /// Checks a graph of tensors as users build it; there may be GRADIENTs.
  /// @throws IllegalStateException that names the rule, the node and the graph
  public static void tensors(Collection<OpNode> roots) {
    Validator validator = new Validator(roots);
    validator.order.forEach(validator::checkTensor);
  }

  /// Checks a graph of tensors that is ready to be scheduled: one without GRADIENTs.
  /// @throws IllegalStateException that names the rule, the node and the graph
  public static void expanded(Collection<OpNode> roots) {
    tensors(roots);
    Validator validator = new Validator(roots);
    for (OpNode node : validator.order) {
      validator.require(
          !node.is(OpCode.GRADIENT), "expanded gradients", "a GRADIENT is left", node);
    }
  }

  /// Checks the graph of one kernel: a SINK of STOREs.
  /// @throws IllegalStateException that names the rule, the node and the graph
  public static void kernel(OpNode sink) {
    Validator validator = new Validator(List.of(sink));
    validator.require(sink.is(OpCode.SINK), "kernel root", "a kernel is a SINK, not this", sink);
    for (OpNode store : sink.inputs()) {
      validator.require(
          store.is(OpCode.STORE), "kernel root", "a kernel's SINK takes STOREs, not this", store);
    }
    validator.order.forEach(validator::checkKernel);
    validator.checkRanges();
  }

  private void checkTensor(OpNode node) {
    boolean belongs =
        switch (node.op().group()) {
          case KERNEL -> node.is(OpCode.SINK) && roots.contains(node);
          case TILE -> false;
          default -> true;
        };
    require(belongs, "tensor operations", "this belongs inside a kernel", node);
    if (node.is(OpCode.ASSIGN)) {
      boolean storage =
          switch (node.input(0).op()) {
            case BUFFER, ASSIGN, PARAM -> true;
            default -> false;
          };
      require(storage, "assign target", "only a BUFFER or what was ASSIGNed to it has a storage", node);
    }
  }

  /// Checks the graph of one kernel of tiles: a SINK of what fills its shared memory, of its STEPS, and of STOREs.
  /// @throws IllegalStateException that names the rule, the node and the graph
  public static void tiles(OpNode sink) {
    Validator validator = new Validator(List.of(sink));
    Set<OpNode> fetched = new HashSet<>();
    for (OpNode node : validator.order) {
      validator.checkTile(node);
      if (node.is(OpCode.FETCH)) {
        fetched.add(node.input(0));
      }
    }
    for (OpNode node : validator.order) {
      validator.require(!node.is(OpCode.STAGE) || fetched.contains(node.inputs().size() == 1 ? node : node.input(1)), "stage fetched",
          "nothing brings this to shared memory", node);
    }
  }

  private void checkTile(OpNode node) {
    switch (node.op()) {
      case FETCH, LAND -> require(node.input(0).is(OpCode.STAGE), "fetch input", "only a STAGE has a place in shared memory", node);
      case MMA -> {
        boolean factors = node.inputs().stream().allMatch(input -> input.is(OpCode.STAGE) || input.is(OpCode.FRAGMENT));
        require(factors, "matrix factors", "a matrix unit multiplies what is in shared memory or in fragments", node);
        require(node.input(0).dtype().bytes() == node.input(1).dtype().bytes(), "matrix factors", "both factors are equally wide", node);
      }
      case AWAIT -> {
        boolean copies = node.inputs().stream().allMatch(input -> input.is(OpCode.STAGE)) && node.payload() instanceof Integer;
        require(copies || node.inputs().size() == 1 && node.input(0).is(OpCode.FOLD), "await",
            "what is waited for are copies or a FOLD's products", node);
      }
      case STEPS -> checkSteps(node);
      default -> {}
    }
  }

  /// A step looks at shared memory only behind a BARRIER that comes after the copies are waited for, or behind an AWAIT
  /// of the STAGEs themselves.
  private void checkSteps(OpNode steps) {
    boolean awaited = false;
    boolean met = false;
    for (OpNode effect : steps.inputs()) {
      switch (effect.op()) {
        case AWAIT -> {
          awaited |= effect.inputs().isEmpty();
          met |= !effect.inputs().isEmpty() && effect.input(0).is(OpCode.STAGE);
        }
        case BARRIER -> met = awaited;
        case FETCH, LAND, FOLD -> require(met, "step order", effect.op() + " before copies were waited for and threads have met", steps);
        default -> require(false, "step order", "this is nothing to do in a step", effect);
      }
    }
  }

  private void checkKernel(OpNode node) {
    boolean belongs =
        switch (node.op().group()) {
          case UNARY, BINARY, TERNARY, ROW, COLLECTIVE, KERNEL -> true;
          case SOURCE -> node.is(OpCode.CONST) || node.is(OpCode.PARAM);
          case MOVEMENT, REDUCE, INDEX, MEMORY, TILE -> false;
        };
    require(belongs, "kernel operations", "this belongs elsewhere", node);
    for (int i = 0; i < node.inputs().size(); i++) {
      OpNode input = node.input(i);
      boolean memory = (node.is(OpCode.LOAD) || node.is(OpCode.STORE)) && i == 0;
      require(input.is(OpCode.PARAM) == memory, "param use", "a PARAM is the first input of LOADs and STOREs", node);
      boolean sink = node.is(OpCode.SINK);
      require(input.is(OpCode.STORE) == sink, "store use", "a STORE is the input of the SINK alone", node);
      require(!input.is(OpCode.SINK), "sink use", "a SINK is the input of nothing", node);
    }
    switch (node.op()) {
      case LOAD -> {
        int count = node.inputs().size();
        require(count == 2 || count == 3, "load inputs", "a LOAD has a PARAM, an index and perhaps a condition", node);
        require(node.input(1).dtype().isInteger(), "index type", "an index is an integer", node);
        require(
            count == 2 || node.input(2).dtype() == DType.BOOL, "load condition", "a condition is a bool", node);
      }
      case STORE -> {
        require(node.input(1).dtype().isInteger(), "index type", "an index is an integer", node);
        require(
            node.input(0).dtype() == node.input(2).dtype(), "store type", "a STORE's value has the type of its PARAM", node);
        require(
            node.payload() == null || combines(node.payload()) || isOfTotals(node), "store combine", "a STORE combines by ADD, MUL, MAX or MIN", node);
      }
      case FOLD -> {
        List<OpNode> ranges = node.inputs().subList(1, node.inputs().size());
        require(combines(node.payload()) || node.payload() == OpCode.LOGSUMEXP, "fold combine",
            "a FOLD combines by ADD, MUL, MAX, MIN or LOGSUMEXP", node);
        require(!ranges.isEmpty() && ranges.stream().allMatch(range -> range.is(OpCode.RANGE)), "fold inputs",
            "a FOLD is of a value over RANGEs", node);
        require(new HashSet<>(ranges).size() == ranges.size(), "fold inputs", "a FOLD is over each RANGE once", node);
      }
      case RANGE -> require(node.inputs().isEmpty() || node.inputs().size() == 1 && node.input(0).dtype() == DType.INT64, "range end",
          "a RANGE has no input or an INT64 where it ends", node);
      case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, ALL_TO_ALL -> require(node.input(0).is(OpCode.LOAD) && node.payload() instanceof Collective, "collective input",
          "ranks exchange what lies in memory", node);
      case SCAN, SORT -> {
        require(node.inputs().size() == 2 && node.input(1).is(OpCode.RANGE), "row inputs", "a row is of a value along a RANGE", node);
        require(node.is(OpCode.SORT) || combines(node.payload()), "scan combine", "a SCAN combines by ADD, MAX or MIN", node);
        boolean merges = node.is(OpCode.SORT) && node.payload(Order.class).known() == Order.Known.HALVES;
        require(node.is(OpCode.SCAN) || merges || node.input(1).payload(Range.class).size() <= Order.LONGEST_ROW,
            "sort row", "a kernel sorts rows of at most " + Order.LONGEST_ROW, node);
      }
      default -> {}
    }
  }

  private static boolean isOfTotals(OpNode store) {
    return store.payload() == Totals.RESULTS && store.inputs().size() == 3
        || store.payload() == Totals.SUMS && store.inputs().size() == 4 && store.input(3).is(OpCode.LOAD) && store.input(3).dtype() == DType.INT32;
  }

  private static boolean combines(@Nullable Object payload) {
    return payload instanceof OpCode op
        && switch (op) {
          case ADD, MUL, MAX, MIN -> true;
          default -> false;
        };
  }

  /// The loops around a node: RANGEs that it depends on, and those that a FOLD below has closed.
  private record Scope(Set<Integer> open, Set<Integer> closed) {}

  /// Each number is one RANGE: either FOLDs run it or the STORE does. A FOLD binds its RANGEs as a lambda its arguments, so
  /// several may run the same one, also where one reads the result of another: it is a loop of its own for each. Where a RANGE ends
  /// is known before its FOLD begins; those of STOREs have no ends.
  private void checkRanges() {
    Map<Integer, OpNode> ranges = new HashMap<>();
    Map<OpNode, Scope> scopes = new HashMap<>();
    for (OpNode node : order) {
      Scope scope = new Scope(new TreeSet<>(), new TreeSet<>());
      int values = node.is(OpCode.FOLD) ? 1 : node.inputs().size();
      for (OpNode input : node.inputs().subList(0, values)) {
        Scope below = Objects.requireNonNull(scopes.get(input));
        scope.open.addAll(below.open);
        scope.closed.addAll(below.closed);
      }
      if (node.is(OpCode.RANGE)) {
        Range range = node.payload(Range.class);
        OpNode other = ranges.putIfAbsent(range.id(), node);
        require(other == null, "range numbers", "two RANGEs have number " + range.id(), node);
        require(range.size() >= 0, "range size", "a RANGE does not run backwards", node);
        scope.open.add(range.id());
      } else if (node.is(OpCode.FOLD)) {
        Set<Integer> ends = new TreeSet<>();
        for (OpNode range : node.inputs().subList(1, node.inputs().size())) {
          range.inputs().forEach(end -> ends.addAll(Objects.requireNonNull(scopes.get(end)).open));
          int id = range.payload(Range.class).id();
          scope.open.remove(id);
          scope.closed.add(id);
        }
        for (OpNode range : node.inputs().subList(1, node.inputs().size())) {
          require(!ends.contains(range.payload(Range.class).id()), "range end", "where a loop ends depends on a loop of the same FOLD", node);
        }
        scope.open.addAll(ends);
      } else if (node.is(OpCode.STORE)) {
        Set<Integer> stored = Objects.requireNonNull(scopes.get(node.input(1))).open;
        for (int id : Objects.requireNonNull(scopes.get(node.input(2))).open) {
          boolean scattered = node.payload() != null || node.inputs().size() > 3;
          require(scattered || stored.contains(id), "store loops", "the value differs along r" + id + ", the index does not", node);
        }
        for (int id : scope.open) {
          require(Objects.requireNonNull(ranges.get(id)).inputs().isEmpty(), "range end", "a loop of a STORE has no end but its size", node);
          require(Totals.is(node) || !scope.closed.contains(id), "range scope", "r" + id + " is both folded and a loop of this STORE", node);
        }
      }
      scopes.put(node, scope);
    }
  }

  private void require(boolean holds, String rule, String message, OpNode node) {
    if (!holds) {
      throw new IllegalStateException(
          rule + ": " + message + ": " + node + "\n" + Printer.text(roots));
    }
  }
}
