package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Semantics;

/// Where the lanes of a vector lie whose loop is made of several, such as the rows and columns of an image ([MergedColumns]): in
/// segments, in each of which neighbouring lanes are the same number of elements apart.
///
/// A segment is loaded into its lanes of the vector by a masked load, whose pointer is that of a first lane which may lie outside;
/// no element is touched but those of the segment.
///
/// @param index of elements
/// @param range the loop
/// @param length iterations of a segment, each of which starts at a multiple of that: all of the loop's where it is one
/// @param step elements from one lane to the next
record Segments(OpNode index, OpNode range, long length, long step) {
  /// Elements from lane to lane for which vectors are loaded and their lanes picked; for more, lanes are loaded one by one.
  private static final long MOST_STEP = 4;

  /// What an index is along a loop: equal steps up to each multiple of `length`, 0 if that never ends.
  private record Course(long length, long step) {}

  /// The segments of an index whose steps are small, if it consists of such.
  static Optional<Segments> of(Analysis analysis, OpNode index, OpNode range) {
    Optional<Course> whole = course(analysis, index, range);
    return whole.filter(course -> course.step >= 1 && course.step <= MOST_STEP)
        .map(course -> new Segments(index, range, course.length == 0 ? Analysis.size(range) : course.length, course.step));
  }

  private static Optional<Course> course(Analysis analysis, OpNode index, OpNode range) {
    long length = 0;
    long step = 0;
    for (Map.Entry<OpNode, Long> term : terms(analysis, index, range).entrySet()) {
      Optional<Course> course = courseOfTerm(analysis, term.getKey(), range);
      if (course.isEmpty()) {
        return Optional.empty();
      }
      length = gcd(length, course.get().length);
      step += term.getValue() * course.get().step;
    }
    return Optional.of(new Course(length, step));
  }

  /// What of an index changes along the loop.
  private static Map<OpNode, Long> terms(Analysis analysis, OpNode index, OpNode range) {
    Map<OpNode, Long> terms = new LinkedHashMap<>(analysis.algebra.sum(index).factors());
    terms.keySet().removeIf(term -> !analysis.dependsOn(term, range));
    return terms;
  }

  /// The loop's counter, or a quotient or remainder of it or of one of these.
  private static Optional<Course> courseOfTerm(Analysis analysis, OpNode term, OpNode range) {
    if (term == range) {
      return Optional.of(new Course(0, 1));
    }
    if (!(term.is(OpCode.IDIV) || term.is(OpCode.MOD)) || !term.input(1).is(OpCode.CONST)) {
      return Optional.empty();
    }
    long divisor = Semantics.toLong(term.input(1).payload(Object.class));
    return courseOfTerm(analysis, term.input(0), range).filter(inner -> inner.step == 0 || inner.length % divisor == 0)
        .map(inner -> inner.step == 0 ? inner : new Course(divisor, term.is(OpCode.MOD) ? 1 : 0));
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /// A segment of a vector: what is added to its first lane's index to get that which the lane would have if it lay in this
  /// segment, and the lanes that do.
  private record Piece(String shift, String mask) {}

  private List<Piece> pieces(Emitter emitter, List<Integer> steps, int lanes) {
    if (length >= Analysis.size(range)) {
      return List.of(new Piece("0", "splat (i1 true)"));
    }
    Ir ir = emitter.ir;
    List<Piece> pieces = new ArrayList<>();
    String first = emitter.base(range, steps);
    String number = ir.value("udiv i64 " + first + ", " + length);
    String begin = ir.value("mul i64 " + number + ", " + length);
    String inside = ir.value("trunc i64 " + ir.value("sub i64 " + first + ", " + begin) + " to i32");
    String type = Ir.type(DType.INT32, lanes);
    String places = ir.value("add " + type + " " + emitter.splat("i32", inside, lanes) + ", <" + String.join(", ", Ir.times(lanes, lane -> "i32 " + lane)) + ">");
    String here = changing(emitter, first);
    for (long i = 0; i <= (lanes + length - 2) / length; i++) {
      String own = ir.value("sub " + type + " " + places + ", splat (i32 " + i * length + ")");
      String mask = ir.value("icmp ult " + type + " " + own + ", splat (i32 " + length + ")");
      String start = ir.plus(begin, i * length);
      String lead = ir.value("mul i64 " + ir.value("sub i64 " + start + ", " + first) + ", " + step);
      String shift = i == 0 ? "0" : ir.value("sub i64 " + ir.value("sub i64 " + changing(emitter, start) + ", " + here) + ", " + lead);
      pieces.add(new Piece(shift, mask));
    }
    return pieces;
  }

  /// What changes of the index along the loop, where its counter has a value.
  private String changing(Emitter emitter, String counter) {
    String sum = "0";
    for (Map.Entry<OpNode, Long> term : terms(emitter.analysis, index, range).entrySet()) {
      sum = emitter.sum(sum, emitter.ir.value("mul i64 " + at(emitter, term.getKey(), counter) + ", " + term.getValue()));
    }
    return sum;
  }

  private String at(Emitter emitter, OpNode term, String counter) {
    if (term == range) {
      return counter;
    }
    String instruction = term.is(OpCode.IDIV) ? "udiv" : "urem";
    return emitter.ir.value(instruction + " i64 " + at(emitter, term.input(0), counter) + ", " + term.input(1).payload(Object.class));
  }

  /// Loads a vector.
  /// @param type of an element
  /// @param pointer that of the buffer
  /// @param address the first lane's index
  /// @param valid lanes that are loaded, others are 0; null for all
  String load(Emitter emitter, String type, int bytes, String pointer, String address, List<Integer> steps, int lanes, @Nullable String valid) {
    Ir ir = emitter.ir;
    int wide = Math.toIntExact(lanes * step);
    String vector = Ir.vector(type, wide);
    String name = "@llvm.masked.load." + Ir.suffix(type, wide) + ".p0";
    ir.declare("declare " + vector + " " + name + "(ptr, i32, <" + wide + " x i1>, " + vector + ")");
    String value = "zeroinitializer";
    for (Piece piece : pieces(emitter, steps, lanes)) {
      String mask = valid == null ? piece.mask : ir.value("and <" + lanes + " x i1> " + piece.mask + ", " + valid);
      String from = ir.value("getelementptr " + type + ", ptr " + pointer + ", i64 " + emitter.sum(address, piece.shift));
      value = ir.value("call " + vector + " " + name + "(ptr " + from + ", i32 " + bytes + ", <" + wide + " x i1> " + spread(ir, mask, lanes) + ", " + vector + " " + value + ")");
    }
    if (step == 1) {
      return value;
    }
    return ir.value("shufflevector " + vector + " " + value + ", " + vector + " poison, " + Transposition.mask(lanes, lane -> Math.toIntExact(lane * step)));
  }

  /// A mask of lanes that are `step` apart.
  private String spread(Ir ir, String mask, int lanes) {
    String type = "<" + lanes + " x i1>";
    return step == 1 ? mask
        : ir.value("shufflevector " + type + " " + mask + ", " + type + " zeroinitializer, " + Transposition.mask(Math.toIntExact(lanes * step), lane -> lane % step == 0 ? Math.toIntExact(lane / step) : lanes));
  }

  /// Stores a vector of neighbours, segment by segment.
  void store(Emitter emitter, String type, int bytes, String pointer, String address, List<Integer> steps, int lanes, String value) {
    Ir ir = emitter.ir;
    String vector = Ir.vector(type, lanes);
    String name = "@llvm.masked.store." + Ir.suffix(type, lanes) + ".p0";
    ir.declare("declare void " + name + "(" + vector + ", ptr, i32, <" + lanes + " x i1>)");
    for (Piece piece : pieces(emitter, steps, lanes)) {
      String to = ir.value("getelementptr " + type + ", ptr " + pointer + ", i64 " + emitter.sum(address, piece.shift));
      ir.effect("call void " + name + "(" + vector + " " + value + ", ptr " + to + ", i32 " + bytes + ", <" + lanes + " x i1> " + piece.mask + ")");
    }
  }
}
