package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;

/// A factor of a contraction in scratch memory: panels as wide as a tile of sums, each row of a panel (one step of the inner
/// loops) side by side, padded with zeros to whole vectors. Where the factor lies in memory along the inner loop instead, square
/// blocks are transposed in registers on the way.
final class Panels {
  private final Emitter emitter;
  private final OpNode fold;
  private final OpNode factor;
  private final OpNode range;
  private final int lanes;
  private final int square;
  private final long depth;
  private final long offset;

  /// @param range the loop that runs across a panel
  /// @param lanes the vectors that a row consists of: the last one is filled up with zeros
  /// @param square lanes of a whole register: a power of two, at least `lanes`
  /// @param offset where in scratch memory the panels are, in elements
  Panels(Emitter emitter, OpNode fold, OpNode factor, OpNode range, int lanes, int square, long offset) {
    this.emitter = emitter;
    this.fold = fold;
    this.factor = factor;
    this.range = range;
    this.lanes = lanes;
    this.square = square;
    this.offset = offset;
    depth = Analysis.depth(fold);
  }

  private String element() {
    return Ir.type(fold.dtype(), 1);
  }

  /// The start of the panel whose first column is that one of the work item.
  String start(String columnInItem) {
    String distance = emitter.ir.value("mul i64 " + columnInItem + ", " + depth);
    return emitter.ir.value("getelementptr inbounds " + element() + ", ptr %scratch, i64 " + emitter.plus(distance, offset));
  }

  /// One vector of a row of a panel.
  String load(String panel, String row, Axis axis, int step) {
    return emitter.ir.value("load " + Ir.vector(element(), lanes) + ", ptr " + at(panel, row, axis.count(), step) + ", align " + alignment());
  }

  /// One element of a row of a panel of one vector.
  String loadElement(String panel, String row, int column) {
    String index = emitter.plus(emitter.ir.value("mul i64 " + row + ", " + lanes), column);
    String pointer = emitter.ir.value("getelementptr inbounds " + element() + ", ptr " + panel + ", i64 " + index);
    return emitter.ir.value("load " + element() + ", ptr " + pointer + ", align " + fold.dtype().bytes());
  }

  private int alignment() {
    return lanes == square ? 64 : fold.dtype().bytes();
  }

  private String at(String panel, String row, int vectors, int step) {
    String index = emitter.plus(emitter.ir.value("mul i64 " + row + ", " + (long) vectors * lanes), (long) step * lanes);
    return emitter.ir.value("getelementptr inbounds " + element() + ", ptr " + panel + ", i64 " + index);
  }

  /// Fills one panel.
  /// @param column its first column, and how many there are
  void fill(String panel, String column, long width) {
    Axis axis = Axis.vectors(range, width, lanes);
    if (liesAlongInnerLoop()) {
      fillTransposed(panel, column, width, axis.count());
      return;
    }
    emitter.within(range, column, axis, () -> {
      rows(0, "0", Analysis.foldRanges(fold).size(), row -> {
        for (int step = 0; step < axis.count(); step++) {
          int own = axis.lanes(step);
          store(resized(emitter.operand(factor, steps(step), own), own, lanes), at(panel, row, axis.count(), step));
        }
      });
      return true;
    });
  }

  /// Steps of the open axes, of which the last one opened is at `step`.
  private List<Integer> steps(int step) {
    List<Integer> steps = new ArrayList<>(emitter.loops.zeroSteps());
    steps.set(steps.size() - 1, step);
    return steps;
  }

  private boolean liesAlongInnerLoop() {
    OpNode last = Analysis.foldRanges(fold).getLast();
    return emitter.analysis.liesAlong(factor, last, range) && Analysis.size(last) >= square / 2;
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
    OpNode loop = Analysis.foldRanges(fold).get(depth);
    emitter.ir.loop("0", Long.toString(Analysis.size(loop)), 1, List.of(), (counter, none) ->
        emitter.within(loop, counter, null, () -> {
          emitter.emitReady(Graph.topological(List.of(factor)));
          rows(depth + 1, nextRow(depth, row, counter, loop), count, body);
          return none;
        }));
  }

  private String nextRow(int depth, String row, String counter, OpNode loop) {
    return depth == 0 ? counter : emitter.sum(emitter.ir.value("mul i64 " + row + ", " + Analysis.size(loop)), counter);
  }

  private void fillTransposed(String panel, String column, long width, int vectors) {
    List<OpNode> loops = Analysis.foldRanges(fold);
    OpNode last = loops.getLast();
    long size = Analysis.size(last);
    long full = size / square * square;
    rows(0, "0", loops.size() - 1, row -> {
      if (full > 0) {
        emitter.ir.loop("0", Long.toString(full), square, List.of(), (counter, none) -> {
          transpose(panel, column, width, vectors, row, counter, square);
          return none;
        });
      }
      if (full < size) {
        transpose(panel, column, width, vectors, row, Long.toString(full), (int) (size - full));
      }
    });
  }

  /// Squares of up to `lanes` columns by up to `rows` rows.
  private void transpose(String panel, String column, long width, int vectors, String row, String counter, int rows) {
    OpNode last = Analysis.foldRanges(fold).getLast();
    String first = nextRow(Analysis.foldRanges(fold).size() - 1, row, counter, last);
    emitter.within(last, counter, new Axis(last, 1, rows, rows), () -> {
      for (int vector = 0; vector < vectors; vector++) {
        int columns = (int) Math.min(lanes, width - (long) vector * lanes);
        int step = vector;
        emitter.within(range, emitter.plus(column, (long) vector * lanes), Axis.unrolled(range, columns), () -> {
          emitter.emitReady(Graph.topological(List.of(factor)));
          List<String> block = Ir.times(square, i ->
              i < columns ? resized(emitter.operand(factor, steps(i), rows), rows, square) : "zeroinitializer");
          List<String> transposed = Transposition.emit(emitter.ir, element(), block);
          for (int i = 0; i < rows; i++) {
            store(resized(transposed.get(i), square, lanes), at(panel, emitter.plus(first, i), vectors, step));
          }
          return true;
        });
      }
      return true;
    });
  }

  /// A vector filled up with zeros, or the first lanes of one.
  private String resized(String value, int from, int to) {
    if (from == to) {
      return value;
    }
    String type = Ir.vector(element(), from);
    if (from == 1) {
      return emitter.ir.value("insertelement " + Ir.vector(element(), to) + " zeroinitializer, " + type + " " + value + ", i64 0");
    }
    if (to == 1) {
      return emitter.ir.value("extractelement " + type + " " + value + ", i64 0");
    }
    return emitter.ir.value("shufflevector " + type + " " + value + ", " + type + " zeroinitializer, " + Transposition.mask(to, lane -> Math.min(lane, from)));
  }

  private void store(String value, String pointer) {
    emitter.ir.effect("store " + Ir.vector(element(), lanes) + " " + value + ", ptr " + pointer + ", align " + alignment());
  }
}
