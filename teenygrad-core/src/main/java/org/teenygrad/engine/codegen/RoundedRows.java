package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;

/// The left factor of a [QuantizedContraction] in scratch memory: some rows, rounded to blocks of 8 bits.
///
/// Of each block there are the integers, the float32 that they are times, what the sums of products begin with, which is the offset
/// of the right factor times the sum of the integers, and the sum of the numbers that they stand for.
///
/// @param rows that there is room for
/// @param blocks of a row
/// @param offset where in scratch memory they begin, in bytes
record RoundedRows(Emitter emitter, QuantizedContraction plan, OpNode m, long rows, long blocks, long offset) {
  private static final long ALIGNMENT = 64;
  private static final int MOST = 127;
  private static final int WORD = 4;

  /// Blocks without a larger number are taken for zeros: the reciprocal of a smaller one might be infinite.
  private static final float LEAST = 0x1p-100f;

  /// 1.5 * 2^23: of a small number and this the last bits are the number, rounded to nearest even.
  private static final float ROUNDS = 0x1.8p23f;

  private long integersBytes() {
    return aligned(rows * blocks * plan.span());
  }

  private long wordsBytes() {
    return aligned(rows * blocks * WORD);
  }

  long bytes() {
    return integersBytes() + 3 * wordsBytes();
  }

  private static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /// Rounds rows of the factor.
  /// @param first of them, count how many
  void fill(String first, String count) {
    Ir ir = emitter.ir;
    ir.loop("0", count, 1, List.of(), (row, none) -> emitter.within(m, emitter.sum(first, row), null, () -> {
      OpNode left = plan.product().left();
      OpNode last = plan.product().inner().getLast();
      BlockLoops.of(emitter, plan.product().fold(), plan.span()).emit(List.of(), (block, counter) ->
          emitter.within(last, counter, new Axis(last, 1, plan.span(), plan.span()), () -> {
            emitter.emitReady(Graph.topological(List.of(left)));
            round(row, block, emitter.operand(left, emitter.loops.zeroSteps(), plan.span()));
            return none;
          }));
      return none;
    }));
  }

  private void round(String row, String block, String numbers) {
    Ir ir = emitter.ir;
    int span = plan.span();
    String floats = Ir.vector("float", span);
    String words = Ir.vector("i32", span);
    String bits = ir.value("and " + words + " " + ir.value("bitcast " + floats + " " + numbers + " to " + words) + ", splat (i32 2147483647)");
    String largestBits = reduce("umax", bits); // NaN has more bits than any number
    String largest = ir.value("bitcast i32 " + largestBits + " to float");
    String factor = ir.value("fdiv float " + largest + ", " + number(MOST));
    String isLarge = ir.value("fcmp ugt float " + largest + ", " + number(LEAST));
    String inverse = ir.value("select i1 " + isLarge + ", float " + ir.value("fdiv float " + number(MOST) + ", " + largest) + ", float " + number(0));
    String scaled = ir.value("fmul " + floats + " " + numbers + ", " + emitter.splat("float", inverse, span));
    String rounded = ir.value("bitcast " + floats + " " + ir.value("fadd " + floats + " " + scaled + ", splat (float " + number(ROUNDS) + ")") + " to " + words);
    String integers = ir.value("trunc " + words + " " + rounded + " to " + Ir.vector("i8", span));
    ir.effect("store " + Ir.vector("i8", span) + " " + integers + ", ptr " + integers(row, block) + ", align 4");
    String sum = reduce("add", ir.value("sext " + Ir.vector("i8", span) + " " + integers + " to " + words));
    ir.effect("store float " + factor + ", ptr " + word(row, block, 0) + ", align 4");
    ir.effect("store i32 " + ir.value("mul i32 " + sum + ", " + plan.factor().offset()) + ", ptr " + word(row, block, 1) + ", align 4");
    if (plan.factor().shift() != null) {
      ir.effect("store float " + ir.value("fmul float " + factor + ", " + ir.value("sitofp i32 " + sum + " to float")) + ", ptr " + word(row, block, 2) + ", align 4");
    }
  }

  private String reduce(String operation, String words) {
    String type = Ir.vector("i32", plan.span());
    String name = "@llvm.vector.reduce." + operation + ".v" + plan.span() + "i32";
    emitter.ir.declare("declare i32 " + name + "(" + type + ")");
    return emitter.ir.value("call i32 " + name + "(" + type + " " + words + ")");
  }

  private static String number(float value) {
    return Ir.constant(DType.FLOAT32, (double) value, 1);
  }

  private String integers(String row, String block) {
    return place(row, block, plan.span(), offset);
  }

  private String word(String row, String block, int kind) {
    return place(row, block, WORD, offset + integersBytes() + kind * wordsBytes());
  }

  private String place(String row, String block, int bytes, long from) {
    Ir ir = emitter.ir;
    String start = ir.pointer("%scratch", ir.plus(ir.value("mul i64 " + row + ", " + blocks * bytes), from));
    return ir.pointer(start, ir.value("mul i64 " + block + ", " + bytes));
  }

  /// Four integers of a block of a row, repeated in all lanes.
  /// @param row the number of a row among those of the tile, whose first is `tile`
  String fourIntegers(String tile, int row, String block, int word, int lanes) {
    String pointer = emitter.ir.pointer(emitter.ir.pointer(integers(tile, block), Long.toString(row * blocks * plan.span())), Integer.toString(word * WORD));
    return emitter.splat("i32", emitter.ir.value("load i32, ptr " + pointer + ", align 4"), lanes);
  }

  private String repeated(String type, String tile, int row, String block, int kind, int lanes) {
    String pointer = emitter.ir.pointer(word(tile, block, kind), Long.toString(row * blocks * WORD));
    return emitter.splat(type, emitter.ir.value("load " + type + ", ptr " + pointer + ", align 4"), lanes);
  }

  String factor(String tile, int row, String block, int lanes) {
    return repeated("float", tile, row, block, 0, lanes);
  }

  /// What the sum of a block's products begins with.
  String start(String tile, int row, String block, int lanes) {
    return plan.factor().offset() == 0 ? "zeroinitializer" : repeated("i32", tile, row, block, 1, lanes);
  }

  /// The sum of a block's numbers.
  String sum(String tile, int row, String block, int lanes) {
    return repeated("float", tile, row, block, 2, lanes);
  }
}
