package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// Matrices of float32 in scratch memory, and their products in tiles of sums that registers hold: numbers of the left factor meet
/// vectors of the right one.
final class LaneProducts {
  /// Rows of a tile. With four vectors these are twice as many sums as two pipelines of four cycles need, with two as many.
  static final int ROWS = 4;

  /// Iterations that are written one after the other: a processor foresees the end of sixteen, but not of 64.
  private static final int UNROLLED = 4;

  private static final int MANY_REGISTERS = 32;

  private final Emitter emitter;
  private final Ir ir;
  private final int lanes;
  private final int tileVectors;
  private final String type;

  /// A left factor.
  /// @param row how far its rows are apart
  /// @param column how far its columns are
  record Left(long offset, long row, long column) {}

  /// A matrix whose rows are whole vectors.
  record Right(long offset, int vectors) {}

  /// What sums begin with.
  interface Start {
    /// @param vector which one of a row
    /// @param before what is there
    String of(int vector, Supplier<String> before);
  }

  /// @param registers of vectors that there are
  LaneProducts(Emitter emitter, int lanes, int registers) {
    this.emitter = emitter;
    this.lanes = lanes;
    ir = emitter.ir;
    tileVectors = registers >= MANY_REGISTERS ? 4 : 2;
    type = Ir.vector("float", lanes);
  }

  private String pointer(String index, long offset) {
    return ir.value("getelementptr inbounds float, ptr %scratch, i64 " + emitter.plus(index, offset));
  }

  /// Some elements of scratch memory: a whole vector of them begins at a multiple of its size.
  String load(int count, String index, long offset) {
    return ir.value("load " + Ir.vector("float", count) + ", ptr " + pointer(index, offset) + ", align " + alignment(count));
  }

  void store(int count, String value, String index, long offset) {
    ir.effect("store " + Ir.vector("float", count) + " " + value + ", ptr " + pointer(index, offset) + ", align " + alignment(count));
  }

  private int alignment(int count) {
    return Float.BYTES * (count == lanes ? lanes : 1);
  }

  private String rowStart(Right matrix, String row) {
    return ir.value("mul i64 " + row + ", " + (long) matrix.vectors * lanes);
  }

  private String load(Right matrix, String row, int vector) {
    return load(lanes, rowStart(matrix, row), matrix.offset + (long) vector * lanes);
  }

  /// Stores `start + left * right`.
  /// @param rows of the left factor: whole tiles of them are made
  /// @param inner columns of the left factor
  void multiply(Left left, Right right, Right result, String rows, String inner, Start start) {
    ir.loop("0", rows, ROWS, List.of(), (row, none) -> {
      for (int first = 0; first < right.vectors; first += tileVectors) {
        tile(left, right, result, row, inner, first, Math.min(tileVectors, right.vectors - first), start);
      }
      return none;
    });
  }

  private void tile(Left left, Right right, Right result, String row, String inner, int first, int vectors, Start start) {
    List<Ir.Carried> sums = new ArrayList<>();
    for (int i = 0; i < ROWS * vectors; i++) {
      int vector = first + i % vectors;
      String down = emitter.plus(row, i / vectors);
      sums.add(new Ir.Carried(type, start.of(vector, () -> load(result, down, vector))));
    }
    String begin = ir.value("mul i64 " + row + ", " + left.row);
    int unrolled = inner.startsWith("%") || Long.parseLong(inner) % UNROLLED != 0 ? 1 : UNROLLED;
    List<Ir.Carried> all = ir.loop("0", inner, unrolled, sums, (at, carried) -> {
      List<Ir.Carried> next = carried;
      for (int i = 0; i < unrolled; i++) {
        next = added(left, right, begin, emitter.plus(at, i), first, vectors, next);
      }
      return next;
    });
    for (int i = 0; i < all.size(); i++) {
      String place = rowStart(result, emitter.plus(row, i / vectors));
      store(lanes, all.get(i).value(), place, result.offset + (long) (first + i % vectors) * lanes);
    }
  }

  /// The sums with one more product each.
  private List<Ir.Carried> added(Left left, Right right, String begin, String at, int first, int vectors, List<Ir.Carried> sums) {
    List<String> across = Ir.times(vectors, vector -> load(right, at, first + vector));
    String place = emitter.sum(begin, ir.value("mul i64 " + at + ", " + left.column));
    List<Ir.Carried> next = new ArrayList<>();
    for (int down = 0; down < ROWS; down++) {
      String number = emitter.splat("float", load(1, place, left.offset + down * left.row), lanes);
      for (int vector = 0; vector < vectors; vector++) {
        next.add(new Ir.Carried(type, fused(number, across.get(vector), sums.get(down * vectors + vector).value())));
      }
    }
    return next;
  }

  private String fused(String a, String b, String sum) {
    String name = "@llvm.fma." + Ir.suffix("float", lanes);
    ir.declare("declare " + type + " " + name + "(" + type + ", " + type + ", " + type + ")");
    return ir.value("call " + type + " " + name + "(" + type + " " + a + ", " + type + " " + b + ", " + type + " " + sum + ")");
  }

  /// Stores the transpose of a matrix of `rows`, a multiple of the lanes.
  /// @param result where its rows begin, each of as many elements
  /// @param factor what each of a vector's columns is multiplied with, if that is anything
  void transpose(Right matrix, long rows, long result, IntFunction<String> factor) {
    for (int vector = 0; vector < matrix.vectors; vector++) {
      int own = vector;
      String scale = factor.apply(vector);
      ir.loop("0", Long.toString(rows), lanes, List.of(), (row, none) -> {
        List<String> square = Ir.times(lanes, i -> {
          String value = load(matrix, emitter.plus(row, i), own);
          return scale.isEmpty() ? value : ir.value("fmul " + type + " " + value + ", " + scale);
        });
        List<String> turned = Transposition.emit(ir, "float", square);
        for (int i = 0; i < lanes; i++) {
          store(lanes, turned.get(i), row, result + ((long) own * lanes + i) * rows);
        }
        return none;
      });
    }
  }
}
