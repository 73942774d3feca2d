package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.teenygrad.engine.ir.Collective;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Says in a line what a kernel fuses, for people who read listings:
///
/// ```
/// contract 768x384x128 + bias + residual
/// reduce max,sum over 64 · mul,sub,exp,div (3072 rows)
/// map mul,add,sqrt,div (98304 elements) x3 outputs
/// ```
/// A contraction's sizes are rows, columns and depth, after the number of separate products if there are several; columns of
/// several products of the same rows are added up.
public final class KernelDescription {
  private static final int MOST_NAMES = 8;

  private final Analysis analysis;
  private final List<OpNode> values;
  private final List<OpNode> folds;

  private KernelDescription(OpNode sink) {
    analysis = new Analysis(sink);
    Set<OpNode> reached = values(analysis.stores());
    values = analysis.nodes.stream().filter(reached::contains).toList();
    folds = values.stream().filter(node -> node.is(OpCode.FOLD)).toList();
  }

  /// @param sink a kernel's graph
  public static String of(OpNode sink) {
    if (!sink.inputs().stream().allMatch(node -> node.is(OpCode.STORE))) {
      return "graph of " + sink.inputs().size() + " outputs";
    }
    return new KernelDescription(sink).text();
  }

  /// A launch over many lists of buffers: what it does to an element if they differ in size.
  /// @param sinks the graph for each of the lists
  public static String of(List<OpNode> sinks) {
    OpNode first = sinks.getFirst();
    if (sinks.stream().allMatch(sink -> sink == first) || !Plan.Elementwise.fits(first)) {
      return of(first);
    }
    long elements = sinks.stream().mapToLong(sink -> size(new Analysis(sink).outer)).sum();
    return new KernelDescription(first).map(elements + " elements of " + sinks.size() + " tensors") + outputs(first);
  }

  /// Everything but addresses and masks.
  private static Set<OpNode> values(List<OpNode> stores) {
    Set<OpNode> seen = new HashSet<>();
    List<OpNode> stack = new ArrayList<>();
    stores.forEach(store -> stack.add(store.input(2)));
    while (!stack.isEmpty()) {
      OpNode node = stack.removeLast();
      if (seen.add(node) && !node.is(OpCode.LOAD)) {
        stack.addAll(node.is(OpCode.FOLD) ? node.inputs().subList(0, 1) : node.inputs());
      }
    }
    return seen;
  }

  private String text() {
    String outputs = outputs(analysis.sink);
    OpNode store = analysis.stores().getFirst();
    if (store.payload() != null || store.inputs().size() > 3) {
      String combine = store.payload() == null ? "" : " " + name((OpCode) store.payload());
      return "scatter" + combine + names(" · ", node -> true) + " (" + size(outer(store)) + " elements)" + outputs;
    }
    List<OpNode> last = analysis.lastFolds();
    List<OpNode> sums = folds.stream().filter(last::contains).toList();
    boolean ofRows = folds.stream().allMatch(fold -> last.contains(fold) || analysis.isOutermost(fold));
    if (ofRows && !sums.isEmpty() && sums.stream().allMatch(KernelDescription::isSumOfProducts) && sums.stream().map(fold -> fold.input(0).input(0)).distinct().count() == 1) {
      OpNode product = sums.getFirst().input(0);
      List<OpNode> rows = only(product.input(0), product.input(1));
      List<OpNode> columns = only(product.input(1), product.input(0));
      if (!rows.isEmpty() && !columns.isEmpty()) {
        boolean swapped = rows.stream().anyMatch(range -> analysis.stride(store, range) == 1);
        return contraction(sums, swapped ? columns : rows, swapped ? rows : columns) + outputs;
      }
    }
    if (store.input(2).op().group() == OpCode.Group.COLLECTIVE) {
      return name(store.input(2).op()) + " " + store.input(2).payload(Collective.class) + " (" + size(outer(store)) + " elements)";
    }
    if (store.input(2).op().group() == OpCode.Group.ROW) {
      long row = Analysis.size(store.input(2).input(1));
      return name(store.input(2).op()) + " over " + row + names(" · ", node -> true) + " (" + size(outer(store)) / row + " rows)" + outputs;
    }
    return folds.isEmpty() ? map(size(outer(store)) + " elements") + outputs : reduction() + outputs;
  }

  private static boolean isSumOfProducts(OpNode fold) {
    return fold.payload() == OpCode.ADD && fold.input(0).is(OpCode.MUL);
  }

  private static String outputs(OpNode sink) {
    return sink.inputs().size() > 1 ? " x" + sink.inputs().size() + " outputs" : "";
  }

  /// The outer loops that one factor depends on and the other does not.
  private List<OpNode> only(OpNode one, OpNode other) {
    return analysis.outer.stream().filter(range -> analysis.dependsOn(one, range) && !analysis.dependsOn(other, range)).toList();
  }

  private List<OpNode> outer(OpNode node) {
    return analysis.outer.stream().filter(range -> analysis.dependsOn(node, range)).toList();
  }

  private static long size(List<OpNode> ranges) {
    return ranges.stream().mapToLong(Analysis::size).reduce(1, (a, b) -> a * b);
  }

  /// @param sums of products of one factor
  private String contraction(List<OpNode> sums, List<OpNode> rows, List<OpNode> columns) {
    OpNode fold = sums.getFirst();
    long others = size(analysis.outer) / (size(rows) * size(columns));
    Set<OpNode> after = usersOf(sums);
    Set<OpNode> products = sums.stream().map(sum -> sum.input(0)).collect(Collectors.toSet());
    StringBuilder text = new StringBuilder("contract ").append(others == 1 ? "" : others + "·");
    String across = String.join("+", Collections.nCopies(sums.size(), Long.toString(size(columns))));
    text.append(size(rows)).append('x').append(sums.size() == 1 ? across : "(" + across + ")").append('x').append(size(Analysis.foldRanges(fold)));
    text.append(names(" of ", node -> !after.contains(node) && !products.contains(node) && dependsOnAny(node, Analysis.foldRanges(fold))));
    Set<OpNode> named = new HashSet<>();
    for (OpNode node : values) {
      if (after.contains(node) && node.is(OpCode.ADD)) {
        OpNode other = plain(after.contains(node.input(0)) || sums.contains(node.input(0)) ? node.input(1) : node.input(0));
        if (other.is(OpCode.LOAD) && named.add(node)) {
          text.append(outer(other).size() == analysis.outer.size() ? " + residual" : outer(other).equals(columns) ? " + bias" : " + more");
        }
      }
    }
    return text.append(names(" · ", node -> after.contains(node) && !named.contains(node))).toString();
  }

  private boolean dependsOnAny(OpNode node, List<OpNode> ranges) {
    return ranges.stream().anyMatch(range -> analysis.dependsOn(node, range));
  }

  private static OpNode plain(OpNode node) {
    OpNode at = node;
    while (at.is(OpCode.CAST)) {
      at = at.input(0);
    }
    return at;
  }

  private Set<OpNode> usersOf(List<OpNode> start) {
    Set<OpNode> users = new HashSet<>();
    for (OpNode node : values) {
      if (node.inputs().stream().anyMatch(input -> start.contains(input) || users.contains(input))) {
        users.add(node);
      }
    }
    return users;
  }

  private String reduction() {
    Map<String, Set<String>> combined = new LinkedHashMap<>();
    for (OpNode fold : folds) {
      String over = Analysis.foldRanges(fold).stream().map(range -> Long.toString(Analysis.size(range))).collect(Collectors.joining("x"));
      combined.computeIfAbsent(over, size -> new LinkedHashSet<>()).add(fold.payload() == OpCode.ADD ? "sum" : name(fold.payload(OpCode.class)));
    }
    String parts = combined.entrySet().stream().map(entry -> String.join(",", entry.getValue()) + " over " + entry.getKey()).collect(Collectors.joining(", "));
    long rows = folds.stream().mapToLong(fold -> size(outer(fold))).max().orElse(1);
    return "reduce " + parts + names(" · ", node -> true) + " (" + rows + (rows == 1 ? " row)" : " rows)");
  }

  private String map(String size) {
    String names = names(" ", node -> true);
    boolean loads = values.stream().anyMatch(node -> node.is(OpCode.LOAD));
    return (names.isEmpty() ? loads ? "copy" : "fill" : "map" + names) + " (" + size + ")";
  }

  /// The different operations among the values, those on floats if there are any.
  private String names(String before, Predicate<OpNode> which) {
    List<OpNode> operations = values.stream().filter(node -> node.op().isElementwise() && !node.is(OpCode.CAST) && !node.is(OpCode.BITCAST)).filter(which).toList();
    List<OpNode> floating = operations.stream().filter(node -> node.dtype().isFloating() || node.input(0).dtype().isFloating()).toList();
    Set<String> names = new LinkedHashSet<>();
    (floating.isEmpty() ? operations : floating).forEach(node -> names.add(name(node.op())));
    if (operations.stream().anyMatch(node -> node.is(OpCode.THREEFRY))) {
      names.add("random");
    }
    if (values.stream().anyMatch(node -> node.is(OpCode.LOAD) && which.test(node) && isGather(node))) {
      names.add("gather");
    }
    String list = names.stream().limit(MOST_NAMES).collect(Collectors.joining(",")) + (names.size() > MOST_NAMES ? ",..." : "");
    return list.isEmpty() ? "" : before + list;
  }

  /// Whether another value says where to load from.
  private static boolean isGather(OpNode load) {
    List<OpNode> stack = new ArrayList<>(List.of(load.input(1)));
    Set<OpNode> seen = new HashSet<>();
    while (!stack.isEmpty()) {
      OpNode node = stack.removeLast();
      if (node.is(OpCode.LOAD)) {
        return true;
      }
      if (seen.add(node)) {
        stack.addAll(node.inputs());
      }
    }
    return false;
  }

  private static String name(OpCode op) {
    return op.name().toLowerCase(Locale.ROOT);
  }
}
