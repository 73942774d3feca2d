package org.teenygrad.engine.codegen;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;

/// What a reduction computes of each element of a row, and the loop behind it would compute once more: a softmax's exponentials. On a
/// processor they are kept in scratch memory, of a row that fits the second-level cache, which is the same bits sooner.
final class KeptRows {
  static final KeptRows NONE = new KeptRows();

  /// Operations of which one element is made from which on it is quicker to store and to load it.
  private static final int DEAR = 8;

  /// Bytes of a cache line, at multiples of which rows begin.
  private static final long LINE = 64;

  /// @param counter the number of an element
  private record Row(OpNode counter, long firstByte) {}

  private final Map<OpNode, Row> made = new HashMap<>();
  private final Map<OpNode, Row> wanted = new HashMap<>();
  private long bytes;

  private KeptRows() {}

  /// @param last the innermost of the loops in which elements are stored
  /// @param mostBytes for all rows together
  static KeptRows of(Analysis analysis, OpNode last, long mostBytes) {
    KeptRows rows = new KeptRows();
    Set<OpNode> nodes = Set.copyOf(analysis.nodes);
    for (OpNode fold : analysis.folds()) {
      List<OpNode> ranges = Analysis.foldRanges(fold);
      OpNode body = fold.input(0);
      OpNode range = ranges.getLast();
      boolean isRow = ranges.size() == 1 && range.inputs().isEmpty() && Analysis.size(range) == Analysis.size(last)
          && !analysis.dependsOn(fold, last);
      if (isRow && body.dtype() == DType.FLOAT32 && operations(analysis, body, range) >= DEAR) {
        OpNode again = Graph.substitute(body, others(analysis, body, range, last));
        long size = Analysis.size(range) * body.dtype().bytes();
        if (nodes.contains(again) && !rows.wanted.containsKey(again) && rows.bytes + size <= mostBytes) {
          rows.made.put(fold, new Row(range, rows.bytes));
          rows.wanted.put(again, new Row(last, rows.bytes));
          rows.bytes += Math.ceilDiv(size, LINE) * LINE;
        }
      }
    }
    return rows;
  }

  /// What the nodes are in another loop: other reductions along the same one stay what they are.
  private static Map<OpNode, OpNode> others(Analysis analysis, OpNode body, OpNode range, OpNode last) {
    Map<OpNode, OpNode> others = new HashMap<>();
    Graph.topological(List.of(body)).stream().filter(node -> !analysis.dependsOn(node, range)).forEach(node -> others.put(node, node));
    others.put(range, last);
    return others;
  }

  private static long operations(Analysis analysis, OpNode value, OpNode range) {
    return Graph.topological(List.of(value)).stream()
        .filter(node -> node.op().isElementwise() && node.dtype() != DType.INT64 && analysis.dependsOn(node, range)).count();
  }

  /// The nodes that are still computed, inputs before users.
  List<OpNode> needed(Analysis analysis) {
    Set<OpNode> needed = new HashSet<>();
    Deque<OpNode> open = new ArrayDeque<>(List.of(analysis.sink));
    while (!open.isEmpty()) {
      OpNode node = open.pop();
      if (needed.add(node)) {
        open.addAll(wanted.containsKey(node) ? List.of(wanted.get(node).counter) : node.inputs());
      }
    }
    return analysis.nodes.stream().filter(needed::contains).toList();
  }

  /// Of all rows, in scratch memory.
  long bytes() {
    return bytes;
  }

  /// Keeps a vector of what a FOLD adds up, if it is of a row that is kept.
  void keep(Emitter emitter, OpNode fold, List<Integer> steps, int lanes, String value) {
    Row row = made.get(fold);
    if (row != null) {
      emitter.ir.effect("store " + Ir.type(DType.FLOAT32, lanes) + " " + value + ", ptr " + place(emitter, row, steps) + ", align 4");
    }
  }

  /// A value that was kept; null if it was not.
  @Nullable String kept(Emitter emitter, OpNode node, List<Integer> steps) {
    Row row = wanted.get(node);
    if (row == null) {
      return null;
    }
    String type = Ir.type(DType.FLOAT32, emitter.loops.lanes(node, steps));
    return emitter.ir.value("load " + type + ", ptr " + place(emitter, row, steps) + ", align 4");
  }

  private static String place(Emitter emitter, Row row, List<Integer> steps) {
    String element = emitter.plus(emitter.base(row.counter, steps), row.firstByte / DType.FLOAT32.bytes());
    return emitter.ir.value("getelementptr inbounds float, ptr %scratch, i64 " + element);
  }
}
