package org.teenygrad.engine.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Alike;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Totals;
import org.teenygrad.engine.runtime.Target;

/// Sums that go across the scores that others go along: attention's derivatives by queries, beside those by keys and values. In one
/// pass a matrix of scores can be reduced both ways ([Totals]), where a GPU adds tiles to memory. So such a kernel is cut in two
/// here: sums in float32, which [Merging] can have the other kernel make, and what is made of them.
///
/// @param turns for each buffer of such sums the one with the numbers of those who have added
/// @param results for each buffer of such sums the one with what is made of them
record AcrossScores(Map<Integer, Integer> turns, Map<Integer, Integer> results) {
  /// A sum of products of a matrix of scores and another factor.
  /// @param number of its kernel
  private record Product(int number, KernelGraph kernel, OpNode fold, OpNode matrix, Set<OpNode> scores) {}

  /// Cuts what there is to cut.
  /// @param kernels with other kernels in place of some afterwards
  /// @param whole the slots of what is not to be cut
  /// @param memory gives new memory: of its number makes a PARAM of that number, which it returns
  static AcrossScores cut(List<KernelGraph> kernels, Set<Integer> whole, Target target, Function<IntFunction<OpNode>, OpNode> memory) {
    AcrossScores across = new AcrossScores(new HashMap<>(), new HashMap<>());
    if (!(target instanceof Target.Gpu gpu && gpu.rung() == Target.Rung.TENSOR_MEMORY)) {
      return across;
    }
    List<Product> products = IntStream.range(0, kernels.size())
        .mapToObj(number -> product(number, kernels.get(number))).filter(Objects::nonNull).toList();
    Dependencies dependencies = new Dependencies(List.copyOf(kernels));
    List<KernelGraph> more = new ArrayList<>();
    for (Product product : products) {
      OpNode store = product.kernel.stores().getFirst();
      List<OpNode> columns = whole.contains(KernelGraph.slot(store)) ? List.of() : columns(product, products, dependencies);
      if (columns.size() == 1) {
        OpNode sums = memory(memory, DType.FLOAT32, product.kernel.ranges());
        List<OpNode> rows = product.kernel.ranges().stream().filter(range -> !columns.contains(range)).toList();
        OpNode counts = memory(memory, DType.INT32, rows);
        OpNode place = offset(product.kernel.ranges());
        OpNode stored = OpNode.of(OpCode.STORE, sums, place, product.fold);
        kernels.set(product.number, new KernelGraph(List.of(stored), product.kernel.ranges(), true, product.kernel.rematerializing()));
        Map<OpNode, OpNode> loaded = new IdentityHashMap<>(Map.of(product.fold, OpNode.of(OpCode.LOAD, sums, place)));
        more.add(new KernelGraph(List.of(Graph.substitute(store, loaded)), product.kernel.ranges(), false, Set.of()));
        OpNode one = IndexAlgebra.range(0, size(rows));
        OpNode zero = OpNode.create(OpCode.CONST, DType.INT32, List.of(), 0L);
        more.add(new KernelGraph(List.of(OpNode.of(OpCode.STORE, counts, one, zero)), List.of(one), false, Set.of()));
        across.turns.put(KernelGraph.number(sums), KernelGraph.number(counts));
        across.results.put(KernelGraph.number(sums), KernelGraph.slot(store));
      }
    }
    kernels.addAll(more);
    return across;
  }

  private static long size(List<OpNode> ranges) {
    return ranges.stream().mapToLong(range -> range.payload(Range.class).size()).reduce(1, (a, b) -> a * b);
  }

  private static OpNode memory(Function<IntFunction<OpNode>, OpNode> memory, DType dtype, List<OpNode> ranges) {
    Shape shape = Shape.of(ranges.stream().mapToInt(range -> Math.toIntExact(range.payload(Range.class).size())).toArray());
    return memory.apply(number -> OpNode.create(OpCode.PARAM, dtype, List.of(), new Param(number, shape)));
  }

  private static OpNode offset(List<OpNode> ranges) {
    IndexAlgebra algebra = new IndexAlgebra();
    OpNode offset = IndexAlgebra.ZERO;
    long stride = 1;
    for (OpNode range : ranges.reversed()) {
      offset = algebra.add(offset, algebra.multiply(range, stride));
      stride *= range.payload(Range.class).size();
    }
    return offset;
  }

  /// The one sum of products that a kernel stores something of, if scores are a factor.
  private static @Nullable Product product(int number, KernelGraph kernel) {
    if (!kernel.contraction() || kernel.stores().size() != 1 || kernel.rematerializing().isEmpty() || kernel.scatters()) {
      return null;
    }
    List<OpNode> folds = kernel.nodes().stream().filter(node -> node.is(OpCode.FOLD)).toList();
    OpNode last = folds.getLast();
    Set<OpNode> scores = new HashSet<>(folds);
    scores.remove(last);
    boolean product = last.payload() == OpCode.ADD && last.input(0).is(OpCode.MUL)
        && !scores.isEmpty() && scores.stream().allMatch(fold -> fold.payload() == OpCode.ADD);
    for (int i = 0; product && i < 2; i++) {
      List<OpNode> other = Graph.topological(List.of(last.input(0).input(1 - i)));
      if (other.stream().noneMatch(scores::contains)) {
        return new Product(number, kernel, last, last.input(0).input(i), scores);
      }
    }
    return null;
  }

  /// The loops of a product's results that its matrix does not change with, if another product of the same matrix goes across it,
  /// and a third one goes the way of that one, all of which may be made at the same time.
  private static List<OpNode> columns(Product product, List<Product> products, Dependencies dependencies) {
    for (Product other : products) {
      Map<OpNode, OpNode> renamed = new HashMap<>();
      if (other != product && Alike.match(product.matrix, other.matrix, renamed)
          && isAcross(product, other, renamed) && isApart(product, other, dependencies)
          && products.stream().filter(third -> third != product && third != other)
              .anyMatch(third -> goesAlong(third, other) && isApart(third, other, dependencies))) {
        return product.kernel.ranges().stream().filter(range -> !renamed.containsKey(range)).toList();
      }
    }
    return List.of();
  }

  /// Whether neither waits for the other.
  private static boolean isApart(Product one, Product other, Dependencies dependencies) {
    return !isBefore(one.number, other.number, dependencies) && !isBefore(other.number, one.number, dependencies);
  }

  private static boolean isBefore(int kernel, int other, Dependencies dependencies) {
    Set<Integer> seen = new HashSet<>();
    ArrayDeque<Integer> pending = new ArrayDeque<>(List.of(other));
    while (!pending.isEmpty()) {
      int next = pending.pop();
      if (next == kernel) {
        return true;
      }
      dependencies.before(next).stream().filter(seen::add).forEach(pending::push);
    }
    return false;
  }

  private static List<OpNode> folded(Product product) {
    return product.fold.inputs().subList(1, product.fold.inputs().size());
  }

  /// Whether what one product adds up the other keeps apart.
  private static boolean isAcross(Product product, Product other, Map<OpNode, OpNode> renamed) {
    return folded(product).stream().map(renamed::get).allMatch(other.kernel.ranges()::contains);
  }

  private static boolean goesAlong(Product third, Product other) {
    for (OpNode one : third.scores) {
      for (OpNode two : other.scores) {
        Map<OpNode, OpNode> renamed = new HashMap<>();
        if (Alike.match(one, two, renamed)) {
          return folded(third).stream().map(renamed::get).allMatch(folded(other)::contains);
        }
      }
    }
    return false;
  }

  /// Those kernels that are left when others have been joined: numbers of those who have added are wanted by nobody where sums and
  /// what is made of them are one kernel again.
  List<KernelGraph> wanted(List<KernelGraph> kernels) {
    Set<Integer> read = new HashSet<>();
    kernels.forEach(kernel -> read.addAll(kernel.reads()));
    return kernels.stream().filter(kernel -> {
      int slot = KernelGraph.slot(kernel.stores().getFirst());
      return !turns.containsValue(slot) || read.contains(slot);
    }).toList();
  }

  /// Whether a kernel does nothing but make sums that another might make.
  boolean isAlone(KernelGraph kernel) {
    OpNode first = kernel.stores().getFirst();
    return kernel.stores().size() == 1 && !Totals.is(first) && turns.containsKey(KernelGraph.slot(first)) && kernel.hasFold();
  }

  /// The buffer of what is made of the sums of a kernel that [is alone][#isAlone].
  int result(KernelGraph kernel) {
    return Objects.requireNonNull(results.get(KernelGraph.slot(kernel.stores().getFirst())));
  }

  /// The kernel that also makes the sums of another across its rows.
  /// @return null if the two have no matrix in common
  @Nullable KernelGraph joined(KernelGraph sums, KernelGraph kernel) {
    OpNode store = sums.stores().getFirst();
    Product product = isAlone(sums) ? product(0, sums) : null;
    if (product == null || kernel.stores().size() < 2) {
      return null;
    }
    for (OpNode fold : kernel.nodes()) {
      for (int i = 0; i < 2 && fold.is(OpCode.FOLD) && fold.input(0).is(OpCode.MUL); i++) {
        Map<OpNode, OpNode> renamed = new HashMap<>();
        if (Alike.match(product.matrix, fold.input(0).input(i), renamed)
            && folded(product).stream().map(renamed::get).allMatch(kernel.ranges()::contains)) {
          List<OpNode> columns = sums.ranges().stream().filter(range -> !renamed.containsKey(range)).toList();
          List<OpNode> own = kernel.ranges().stream().filter(range -> !renamed.containsValue(range)).toList();
          if (columns.size() != 1 || own.size() != 1 || size(columns) != size(own)) {
            return null;
          }
          renamed.put(columns.getFirst(), own.getFirst());
          return across(store, sums, kernel, renamed, columns);
        }
      }
    }
    return null;
  }

  /// The kernel that also stores what another makes of its sums across the rows.
  /// @return null if that is more than something of each element
  static @Nullable KernelGraph finished(KernelGraph kernel, KernelGraph after) {
    OpNode sums = kernel.stores().stream()
        .filter(store -> store.payload() == Totals.SUMS && after.reads().contains(KernelGraph.slot(store))).findFirst().orElse(null);
    if (sums == null || after.hasFold()
        || after.reads().stream().anyMatch(slot -> slot != KernelGraph.slot(sums) && kernel.writes().contains(slot))) {
      return null;
    }
    Map<OpNode, OpNode> renamed = new HashMap<>();
    boolean same = after.nodes().stream().filter(node -> node.is(OpCode.LOAD) && KernelGraph.slot(node) == KernelGraph.slot(sums))
        .allMatch(load -> isSame(load.input(1), sums.input(1), renamed));
    boolean whole = after.stores().stream().allMatch(store -> Graph.topological(List.of(store.input(1))).containsAll(after.ranges()));
    if (!same || !whole || !renamed.keySet().containsAll(after.ranges())) {
      return null;
    }
    List<OpNode> stores = new ArrayList<>(kernel.stores());
    Ranges.rename(after, kernel, renamed).forEach(store -> stores.add(OpNode.of(OpCode.STORE, Totals.RESULTS, store.inputs())));
    return new KernelGraph(stores, kernel.ranges(), true, kernel.rematerializing());
  }

  /// Whether two places are the same if a loop of one goes by the name of the loop of the other that moves as far.
  /// @param renamed takes the names
  private static boolean isSame(OpNode place, OpNode other, Map<OpNode, OpNode> renamed) {
    IndexAlgebra algebra = new IndexAlgebra();
    IndexAlgebra.Sum one = algebra.sum(place);
    IndexAlgebra.Sum two = algebra.sum(other);
    two.factors().forEach((loop, step) -> one.factors().forEach((own, same) -> {
      if (same.equals(step) && loop.is(OpCode.RANGE) && own.is(OpCode.RANGE)
          && loop.payload(Range.class).size() == own.payload(Range.class).size()) {
        renamed.put(own, loop);
      }
    }));
    return one.constant() == two.constant() && one.factors().size() == two.factors().size()
        && renamed.keySet().containsAll(one.factors().keySet())
        && one.factors().keySet().stream().map(renamed::get).allMatch(two.factors().keySet()::contains);
  }

  private KernelGraph across(OpNode store, KernelGraph sums, KernelGraph kernel, Map<OpNode, OpNode> renamed, List<OpNode> columns) {
    List<OpNode> rows = sums.ranges().stream().filter(range -> !columns.contains(range)).toList();
    Shape shape = Shape.of(rows.stream().mapToInt(range -> Math.toIntExact(range.payload(Range.class).size())).toArray());
    int counts = Objects.requireNonNull(turns.get(KernelGraph.slot(store)));
    OpNode turn = OpNode.of(OpCode.LOAD, OpNode.create(OpCode.PARAM, DType.INT32, List.of(), new Param(counts, shape)), offset(rows));
    OpNode total = OpNode.of(OpCode.STORE, Totals.SUMS, List.of(store.input(0), store.input(1), store.input(2).input(0), turn));
    List<OpNode> stores = new ArrayList<>(kernel.stores());
    stores.addAll(Ranges.rename(new KernelGraph(List.of(total), sums.ranges(), true, Set.of()), kernel, renamed));
    Set<OpNode> rematerializing = new HashSet<>(kernel.rematerializing());
    rematerializing.addAll(sums.rematerializing());
    return new KernelGraph(stores, kernel.ranges(), true, rematerializing);
  }
}
