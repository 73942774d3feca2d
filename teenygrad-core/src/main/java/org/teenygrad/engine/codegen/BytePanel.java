package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;

/// Some columns of the right factor of a [QuantizedContraction] in scratch memory, as many as a register has lanes of four bytes.
///
/// Of each block there are its integers, four steps of each column side by side, as instructions for products of bytes take them,
/// then the next four; a vector of scales; and one of shifts.
///
/// @param n the loop across
/// @param lanes columns
/// @param offset where in scratch memory it begins, in bytes
record BytePanel(Emitter emitter, QuantizedContraction plan, OpNode n, int lanes, long offset) {
  private static final int WORD = 4;
  private static final long CACHE_LINE = 64;

  /// How far ahead to fetch, about: of one panel of 7 KB memory gave 14 GB/s to one thread, of five 18 (2 cores of Zen 4).
  private static final long FETCHED_AHEAD = 32 << 10;

  /// Larger panels would drive others out of the second-level cache if they were fetched ahead.
  private static final long MOST_FETCHED = 256 << 10;

  private long vectorBytes() {
    return (long) lanes * WORD;
  }

  private int words() {
    return plan.span() / WORD;
  }

  private long integersBytes() {
    return plan.blocks() * words() * vectorBytes();
  }

  private long scalesBytes() {
    return plan.blocks() * vectorBytes();
  }

  long bytes() {
    return integersBytes() + 2 * scalesBytes();
  }

  /// @param column the first
  /// @param columns how many there are; the others are zeros
  void fill(String column, int columns) {
    emitter.within(n, column, Axis.vectors(n, columns, lanes), () -> {
      blocks().sharing(scaleValues()).emit(scaleValues(), (block, counter) -> {
        List<String> scales = scales(columns);
        for (int kind = 0; kind < scales.size(); kind++) {
          emitter.ir.effect("store " + Ir.vector("float", lanes) + " " + scales.get(kind) + ", ptr " + scalePlace(block, kind) + ", align " + vectorBytes());
        }
      });
      return true;
    });
    Fetching next = next(column);
    blocks().emit(List.of(), (block, counter) -> {
      next.emit(block);
      store(block, turned(column, counter, columns));
    });
  }

  BlockLoops blocks() {
    return BlockLoops.of(emitter, plan.product().fold(), plan.span());
  }

  List<OpNode> scaleValues() {
    OpNode shift = plan.factor().shift();
    return Graph.topological(shift == null ? List.of(plan.factor().scale()) : List.of(plan.factor().scale(), shift));
  }

  /// A vector of a block's scales, and one of shifts if there are any. The loop across is open in vectors.
  List<String> scales(int columns) {
    OpNode shift = plan.factor().shift();
    return (shift == null ? List.of(plan.factor().scale()) : List.of(plan.factor().scale(), shift)).stream()
        .map(value -> resized("float", emitter.operand(value, emitter.loops.zeroSteps(), columns), columns, lanes)).toList();
  }

  private String scalePlace(String block, int kind) {
    return place(block, vectorBytes(), offset + integersBytes() + kind * scalesBytes());
  }

  private String place(String block, long bytes, long from) {
    Ir ir = emitter.ir;
    return ir.pointer(ir.pointer("%scratch", Long.toString(from)), ir.value("mul i64 " + block + ", " + bytes));
  }

  /// As [#scales(int)], from memory.
  List<String> scales(String block) {
    return Ir.times(plan.factor().shift() == null ? 1 : 2, kind ->
        emitter.ir.value("load " + Ir.vector("float", lanes) + ", ptr " + scalePlace(block, kind) + ", align " + vectorBytes()));
  }

  /// Four steps of all columns.
  String integers(String block, int word) {
    String pointer = emitter.ir.pointer(place(block, words() * vectorBytes(), offset), Long.toString(word * vectorBytes()));
    return emitter.ir.value("load " + Ir.vector("i32", lanes) + ", ptr " + pointer + ", align " + vectorBytes());
  }

  /// Columns of which words are turned in registers together.
  private int side() {
    return Math.min(words(), lanes);
  }

  /// A block's integers: vectors of four steps of all columns, which are neighbours. Squares of words, side by side in a register,
  /// are turned there.
  /// @param column the first, of how many there are the others are zeros
  List<String> turned(String column, String counter, int columns) {
    Ir ir = emitter.ir;
    OpNode last = plan.product().inner().getLast();
    int groups = lanes / side();
    Map<OpNode, List<String>> loaded = new HashMap<>();
    emitter.within(n, column, Axis.unrolled(n, columns), () -> emitter.within(last, counter, new Axis(last, 1, plan.span(), plan.span()), () -> {
      for (OpNode load : plan.factor().bytes()) {
        List<String> each = Ir.times(lanes, i -> i < columns ? emitter.operand(load, steps(i), plan.span()) : "zeroinitializer");
        loaded.put(load, Ir.times(side(), i -> joined(ir, "i8", Ir.times(groups, group -> each.get(group * side() + i)), plan.span())));
      }
      return true;
    }));
    int bytes = groups * plan.span();
    List<String> rows = emitter.within(n, column, Axis.unrolled(n, side()), () -> emitter.within(last, counter, new Axis(last, 1, bytes, bytes), () -> Ir.times(side(), i -> {
      loaded.forEach((load, vectors) -> emitter.define(load, steps(i), vectors.get(i)));
      String words = Ir.vector("i32", bytes / WORD);
      return ir.value("bitcast " + Ir.vector("i8", bytes) + " " + emitter.operand(plan.factor().integers(), steps(i), bytes) + " to " + words);
    })));
    List<String> turned = new ArrayList<>();
    for (int begin = 0; begin < words(); begin += side()) {
      int from = begin;
      String words = Ir.vector("i32", words());
      List<String> square = side() == words() ? rows
          : rows.stream().map(row -> ir.value("shufflevector " + words + " " + row + ", " + words + " poison, " + Transposition.mask(side(), lane -> from + lane))).toList();
      turned.addAll(Transposition.emit(ir, "i32", square, lanes));
    }
    return turned;
  }

  /// Vectors side by side.
  private static String joined(Ir ir, String element, List<String> parts, int lanesOfPart) {
    List<String> now = parts;
    for (int width = lanesOfPart; now.size() > 1; width *= 2) {
      String type = Ir.vector(element, width);
      List<String> halves = now;
      int wide = 2 * width;
      now = Ir.times(now.size() / 2, i -> ir.value("shufflevector " + type + " " + halves.get(2 * i) + ", " + type + " " + halves.get(2 * i + 1) + ", " + Transposition.mask(wide, lane -> lane)));
    }
    return now.getFirst();
  }

  private void store(String block, List<String> words) {
    String start = place(block, words() * vectorBytes(), offset);
    for (int word = 0; word < words(); word++) {
      emitter.ir.effect("store " + Ir.vector("i32", lanes) + " " + words.get(word) + ", ptr " + emitter.ir.pointer(start, Long.toString(word * vectorBytes())) + ", align " + vectorBytes());
    }
  }

  private List<Integer> steps(int column) {
    List<Integer> steps = new ArrayList<>(emitter.loops.zeroSteps());
    steps.set(steps.size() - 2, column);
    return steps;
  }

  private String resized(String element, String value, int from, int to) {
    if (from == to) {
      return value;
    }
    String type = Ir.vector(element, from);
    return from == 1 ? emitter.ir.value("insertelement " + Ir.vector(element, to) + " zeroinitializer, " + type + " " + value + ", i64 0")
        : emitter.ir.value("shufflevector " + type + " " + value + ", " + type + " zeroinitializer, " + Transposition.mask(to, lane -> Math.min(lane, from)));
  }

  /// What integers are loaded from.
  private OpNode source() {
    return plan.factor().bytes().getFirst();
  }

  private long columnBytes() {
    return emitter.analysis.stride(source(), n);
  }

  /// Fetches what follows.
  interface Fetching {
    /// @param block of which this panel is read
    void emit(String block);
  }

  /// Fetches a panel that follows in the order in which it lies in memory, a share with each block, if panels are one piece.
  Fetching next(String column) {
    long bytes = columnBytes() * lanes;
    if (bytes <= 0 || bytes > MOST_FETCHED) {
      return block -> {};
    }
    Ir ir = emitter.ir;
    ir.declare("declare void @llvm.prefetch.p0(ptr, i32, i32, i32)");
    String next = ir.pointer(emitter.within(n, column, null, () -> atZero(0)), Long.toString(Math.ceilDiv(FETCHED_AHEAD, bytes) * bytes));
    long share = Math.ceilDiv(bytes, plan.blocks());
    return block -> {
      String start = ir.pointer(next, ir.value("mul i64 " + block + ", " + share));
      for (long line = 0; line < share; line += CACHE_LINE) {
        ir.effect("call void @llvm.prefetch.p0(ptr " + ir.pointer(start, Long.toString(line)) + ", i32 0, i32 2, i32 1)");
      }
    };
  }

  private String atZero(int depth) {
    List<OpNode> loops = plan.product().inner();
    return depth == loops.size() ? emitter.memory.pointerTo(source()) : Objects.requireNonNull(emitter.within(loops.get(depth), "0", null, () -> atZero(depth + 1)));
  }
}
