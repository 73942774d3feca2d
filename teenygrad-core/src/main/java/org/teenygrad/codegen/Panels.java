package org.teenygrad.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;

/// The right factor of a contraction in scratch memory: panels as wide as a tile of sums, each row of a panel (one step of
/// the inner loops) side by side, padded with zeros to whole vectors. Where the factor lies in memory along the inner loop
/// instead, square blocks are transposed in registers on the way.
final class Panels {
  private final Emitter emitter;
  private final OpNode fold;
  private final OpNode factor;
  private final OpNode n;
  private final Tile tile;
  private final long depth;

  Panels(Emitter emitter, OpNode fold, OpNode factor, OpNode n, Tile tile) {
    this.emitter = emitter;
    this.fold = fold;
    this.factor = factor;
    this.n = n;
    this.tile = tile;
    depth = Contraction.depth(fold);
  }

  long bytes() {
    return depth * tile.width() * tile.panelsPerItem() * fold.dtype().bytes();
  }

  private String element() {
    return Ir.type(fold.dtype(), 1);
  }

  /// The start of the panel at a column.
  String panel(String column, long size, long items, long panelsPerItem) {
    String within = items == 1 ? column : emitter.ir.value("urem i64 " + column + ", " + panelsPerItem * tile.width());
    return start(within);
  }

  private String start(String columnInItem) {
    String offset = emitter.ir.value("mul i64 " + columnInItem + ", " + depth);
    return emitter.ir.value("getelementptr inbounds " + element() + ", ptr %scratch, i64 " + offset);
  }

  /// One vector of a row of a panel.
  String load(String panel, String row, Axis axis, int step) {
    return emitter.ir.value("load " + Ir.vector(element(), tile.lanes()) + ", ptr " + at(panel, row, axis.count(), step) + ", align 64");
  }

  private String at(String panel, String row, int vectors, int step) {
    String offset = emitter.plus(emitter.ir.value("mul i64 " + row + ", " + (long) vectors * tile.lanes()), (long) step * tile.lanes());
    return emitter.ir.value("getelementptr inbounds " + element() + ", ptr " + panel + ", i64 " + offset);
  }

  /// Fills one panel.
  /// @param column its first column, and how many there are
  void fill(String column, long width, String columnInItem) {
    String panel = start(columnInItem);
    Axis axis = Axis.vectors(n, width, tile.lanes());
    if (liesAlongInnerLoop()) {
      fillTransposed(panel, column, width, axis.count());
    } else {
      emitter.within(n, column, axis, () -> {
        rows(0, "0", Analysis.foldRanges(fold).size(), row -> {
          for (int step = 0; step < axis.count(); step++) {
            int lanes = axis.lanes(step);
            String value = emitter.operand(factor, steps(step), lanes);
            store(widened(value, lanes), at(panel, row, axis.count(), step));
          }
        });
        return true;
      });
    }
  }

  /// Steps of the open axes, of which the last one opened is at `step`.
  private List<Integer> steps(int step) {
    List<Integer> steps = new ArrayList<>(emitter.zeroSteps());
    steps.set(steps.size() - 1, step);
    return steps;
  }

  private boolean liesAlongInnerLoop() {
    OpNode last = Analysis.foldRanges(fold).getLast();
    int columns = 0;
    int rows = 0;
    for (OpNode node : Graph.topological(List.of(factor))) {
      if (node.is(OpCode.LOAD)) {
        columns += emitter.analysis.stride(node, n) == 1 ? 1 : 0;
        rows += emitter.analysis.stride(node, last) == 1 ? 1 : 0;
      }
    }
    return rows > columns && Analysis.size(last) >= tile.lanes() / 2;
  }

  /// What is done for each row, given its number.
  private interface Row {
    void emit(String row);
  }

  /// Opens the first `count` of the inner loops.
  private void rows(int depth, String row, int count, Row body) {
    if (depth == count) {
      body.emit(row);
      return;
    }
    OpNode range = Analysis.foldRanges(fold).get(depth);
    emitter.ir.loop("0", Long.toString(Analysis.size(range)), 1, List.of(), (counter, none) ->
        emitter.within(range, counter, null, () -> {
          emitter.emitReady(Graph.topological(List.of(factor)));
          rows(depth + 1, nextRow(depth, row, counter, range), count, body);
          return none;
        }));
  }

  private String nextRow(int depth, String row, String counter, OpNode range) {
    return depth == 0 ? counter : emitter.sum(emitter.ir.value("mul i64 " + row + ", " + Analysis.size(range)), counter);
  }

  private void fillTransposed(String panel, String column, long width, int vectors) {
    List<OpNode> ranges = Analysis.foldRanges(fold);
    OpNode last = ranges.getLast();
    int lanes = tile.lanes();
    long size = Analysis.size(last);
    long full = size / lanes * lanes;
    rows(0, "0", ranges.size() - 1, row -> {
      if (full > 0) {
        emitter.ir.loop("0", Long.toString(full), lanes, List.of(), (counter, none) -> {
          transpose(panel, column, width, vectors, row, counter, lanes);
          return none;
        });
      }
      if (full < size) {
        transpose(panel, column, width, vectors, row, Long.toString(full), (int) (size - full));
      }
    });
  }

  /// Squares of `lanes` columns by up to `lanes` rows.
  private void transpose(String panel, String column, long width, int vectors, String row, String counter, int rows) {
    OpNode last = Analysis.foldRanges(fold).getLast();
    int lanes = tile.lanes();
    String first = nextRow(Analysis.foldRanges(fold).size() - 1, row, counter, last);
    emitter.within(last, counter, new Axis(last, 1, rows, rows), () -> {
      for (int vector = 0; vector < vectors; vector++) {
        int columns = (int) Math.min(lanes, width - (long) vector * lanes);
        int step = vector;
        emitter.within(n, emitter.plus(column, (long) vector * lanes), Axis.unrolled(n, columns), () -> {
          emitter.emitReady(Graph.topological(List.of(factor)));
          List<String> square = new ArrayList<>();
          for (int i = 0; i < lanes; i++) {
            square.add(i < columns ? widened(emitter.operand(factor, steps(i), rows), rows) : "zeroinitializer");
          }
          List<String> transposed = transposed(square);
          for (int i = 0; i < rows; i++) {
            store(transposed.get(i), at(panel, emitter.plus(first, i), vectors, step));
          }
          return true;
        });
      }
      return true;
    });
  }

  /// Swaps ever larger off-diagonal blocks: after log2(lanes) rounds rows are columns.
  private List<String> transposed(List<String> square) {
    int lanes = square.size();
    String type = Ir.vector(element(), lanes);
    List<String> now = square;
    for (int block = 1; block < lanes; block *= 2) {
      int size = block;
      String upper = mask(lanes, lane -> (lane & size) == 0 ? lane : lanes + lane - size);
      String lower = mask(lanes, lane -> (lane & size) == 0 ? lane + size : lanes + lane);
      List<String> next = new ArrayList<>(now);
      for (int i = 0; i < lanes; i++) {
        if ((i & size) == 0) {
          String operands = "shufflevector " + type + " " + now.get(i) + ", " + type + " " + now.get(i + size) + ", ";
          next.set(i, emitter.ir.value(operands + upper));
          next.set(i + size, emitter.ir.value(operands + lower));
        }
      }
      now = next;
    }
    return now;
  }

  private static String mask(int lanes, java.util.function.IntUnaryOperator source) {
    return "<" + lanes + " x i32> <" + String.join(", ", Ir.times(lanes, lane -> "i32 " + source.applyAsInt(lane))) + ">";
  }

  /// A vector filled up with zeros to a whole one.
  private String widened(String value, int lanes) {
    int all = tile.lanes();
    if (lanes == all) {
      return value;
    }
    String type = Ir.vector(element(), lanes);
    if (lanes == 1) {
      return emitter.ir.value("insertelement " + Ir.vector(element(), all) + " zeroinitializer, " + type + " " + value + ", i64 0");
    }
    return emitter.ir.value("shufflevector " + type + " " + value + ", " + type + " zeroinitializer, " + mask(all, lane -> Math.min(lane, lanes)));
  }

  private void store(String value, String pointer) {
    emitter.ir.effect("store " + Ir.vector(element(), tile.lanes()) + " " + value + ", ptr " + pointer + ", align 64");
  }
}
