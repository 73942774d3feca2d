package org.teenygrad.engine.codegen;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Float8;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// One line of LLVM for each simple operation: what [Decompositions] leaves.
final class Instructions {
  private final Ir ir;

  /// Whether an error of |x| 2^-24 in e^x does no harm, nor 0 for what is less than the smallest normal number, as what becomes of it
  /// is rounded to 16 bits.
  private boolean coarse;

  /// How values of 16-bit types lay in memory.
  private final Map<InRegister, String> memoryForms = new HashMap<>();

  private record InRegister(String value, DType dtype) {}

  Instructions(Ir ir) {
    this.ir = ir;
  }

  /// Takes the short way to e^x and 2^x from here on.
  void allowCoarse() {
    coarse = true;
  }

  /// Emits an elementwise node over operands that are all vectors of `lanes` (or scalars, if 1).
  String emit(OpNode node, int lanes, List<String> operands) {
    DType dtype = node.dtype();
    DType from = node.input(0).dtype();
    String type = Ir.type(dtype, lanes);
    String a = operands.getFirst();
    if (node.is(OpCode.CAST)) {
      return cast(a, from, dtype, lanes);
    }
    if (node.is(OpCode.BITCAST)) {
      return bitcast(a, from, dtype, lanes);
    }
    if (node.is(OpCode.WHERE)) {
      return ir.value("select " + Ir.type(DType.BOOL, lanes) + " " + a + ", " + type + " " + operands.get(1) + ", " + type + " " + operands.get(2));
    }
    if (node.is(OpCode.FMA)) {
      return call("fma", type, dtype, lanes, operands);
    }
    if (operands.size() == 1) {
      return unary(node.op(), dtype, lanes, type, a);
    }
    String b = operands.get(1);
    // What is compared with the absolute value may turn out to be 0.
    boolean absolute = (node.is(OpCode.MAX) || node.is(OpCode.MIN)) && node.inputs().stream().anyMatch(input -> input.is(OpCode.ABS));
    return absolute && from.isFloating() && ir.dialect == Ir.Dialect.HOST ? extreme(node.op(), from, lanes, a, b, true) : binary(node.op(), from, lanes, a, b);
  }

  private String unary(OpCode op, DType dtype, int lanes, String type, String a) {
    boolean floating = dtype.isFloating();
    return switch (op) {
      case NEG -> ir.value(floating ? "fneg " + type + " " + a : "sub " + type + " " + zero(dtype, lanes) + ", " + a);
      case NOT -> ir.value("xor " + type + " " + a + ", " + Ir.constant(dtype, dtype == DType.BOOL ? (Object) true : (Object) (-1L), lanes));
      case ABS -> floating ? call("fabs", type, dtype, lanes, List.of(a)) : dtype == DType.UINT8 ? a : absolute(a, type, dtype, lanes);
      case EXP -> exponential(type, lanes, a);
      case EXP2 -> powerOfTwo(type, lanes, a);
      case TANH -> eachLane(GpuDialect.Approximation.TANH, type, lanes, a);
      case SQRT -> call("sqrt", type, dtype, lanes, List.of(a));
      case FLOOR -> call("floor", type, dtype, lanes, List.of(a));
      case CEIL -> call("ceil", type, dtype, lanes, List.of(a));
      case TRUNC -> call("trunc", type, dtype, lanes, List.of(a));
      case ROUND -> call("roundeven", type, dtype, lanes, List.of(a));
      default -> throw new IllegalStateException(op + " has no instruction");
    };
  }

  /// e^x as 2^(x log2 e): what rounding the product lost, times ln 2, corrects the result.
  private String exponential(String type, int lanes, String x) {
    DType dtype = DType.FLOAT32;
    double log2E = 1 / Math.log(2);
    if (coarse) {
      return powerOfTwo(type, lanes, ir.value("fmul " + type + " " + x + ", " + Ir.constant(dtype, log2E, lanes)));
    }
    String upper = Ir.constant(dtype, 89.0, lanes);
    String lower = Ir.constant(dtype, -151.0, lanes);
    // Beyond these the result is infinite or 0; NaN fails both comparisons.
    String clamped = where(ir.value("fcmp ogt " + type + " " + x + ", " + upper), type, lanes, upper, x);
    clamped = where(ir.value("fcmp olt " + type + " " + clamped + ", " + lower), type, lanes, lower, clamped);
    String factor = Ir.constant(dtype, log2E, lanes);
    String power = ir.value("fmul " + type + " " + clamped + ", " + factor);
    String lost = call("fma", type, dtype, lanes, List.of(clamped, factor, ir.value("fneg " + type + " " + power)));
    lost = call("fma", type, dtype, lanes, List.of(clamped, Ir.constant(dtype, log2E - (float) log2E, lanes), lost));
    String correction = call("fma", type, dtype, lanes, List.of(lost, Ir.constant(dtype, Math.log(2), lanes), Ir.constant(dtype, 1.0, lanes)));
    return ir.value("fmul " + type + " " + powerOfTwo(type, lanes, power) + ", " + correction);
  }

  /// The unit gives no subnormal numbers: without `ftz` three more instructions see to it.
  private String powerOfTwo(String type, int lanes, String x) {
    return eachLane(coarse ? GpuDialect.Approximation.EXP2_FLUSHED : GpuDialect.Approximation.EXP2, type, lanes, x);
  }

  private String where(String condition, String type, int lanes, String yes, String no) {
    return ir.value("select " + Ir.type(DType.BOOL, lanes) + " " + condition + ", " + type + " " + yes + ", " + type + " " + no);
  }

  /// A GPU's unit for special functions knows float32 alone.
  private String eachLane(GpuDialect.Approximation function, String type, int lanes, String a) {
    if (lanes == 1) {
      return ir.gpu().approximate(function, a);
    }
    String result = "poison";
    for (int lane = 0; lane < lanes; lane++) {
      String one = ir.value("extractelement " + type + " " + a + ", i64 " + lane);
      result = ir.value("insertelement " + type + " " + result + ", float " + ir.gpu().approximate(function, one) + ", i64 " + lane);
    }
    return result;
  }

  private String absolute(String a, String type, DType dtype, int lanes) {
    String name = "@llvm.abs." + Ir.suffix(Ir.type(dtype, 1), lanes);
    ir.declare("declare " + type + " " + name + "(" + type + ", i1)");
    return ir.value("call " + type + " " + name + "(" + type + " " + a + ", i1 false)");
  }

  /// @param dtype the operands' type
  String binary(OpCode op, DType dtype, int lanes, String a, String b) {
    String type = Ir.type(dtype, lanes);
    boolean floating = dtype.isFloating();
    boolean unsigned = dtype == DType.UINT8 || dtype == DType.BOOL;
    String instruction =
        switch (op) {
          case ADD -> floating ? "fadd" : dtype == DType.BOOL ? "or" : "add";
          case SUB -> floating ? "fsub" : "sub";
          case MUL -> floating ? "fmul" : dtype == DType.BOOL ? "and" : "mul";
          case DIV -> "fdiv";
          case IDIV -> unsigned ? "udiv" : "sdiv";
          case MOD -> unsigned ? "urem" : "srem";
          case AND -> "and";
          case OR -> "or";
          case XOR -> "xor";
          case SHL -> "shl";
          case SHR -> unsigned ? "lshr" : "ashr";
          case LT -> floating ? "fcmp olt" : unsigned ? "icmp ult" : "icmp slt";
          case EQ -> floating ? "fcmp oeq" : "icmp eq";
          case NE -> floating ? "fcmp une" : "icmp ne";
          case MAX -> dtype == DType.BOOL ? "or" : "";
          case MIN -> dtype == DType.BOOL ? "and" : "";
          default -> throw new IllegalStateException(op + " has no instruction");
        };
    if (!instruction.isEmpty()) {
      return ir.value(instruction + " " + type + " " + a + ", " + b);
    }
    if (dtype == DType.FLOAT32 && ir.dialect == Ir.Dialect.NVPTX) {
      return call(op == OpCode.MAX ? "maximum" : "minimum", type, dtype, lanes, List.of(a, b));
    }
    if (floating) {
      return extreme(op, dtype, lanes, a, b, false);
    }
    return call((unsigned ? "u" : "s") + (op == OpCode.MAX ? "max" : "min"), type, dtype, lanes, List.of(a, b));
  }

  /// The larger or smaller of two floats, NaN if either is. The comparison is what x86's `max` does, which gives its
  /// second operand where one is NaN; LLVM's `maximum` takes twice as many instructions to order zeros by their sign.
  /// A constant number is not tested for NaN. That is not only shorter: LLVM 20 makes `x > 0` of
  /// `|x| is NaN or |x| > 0`. Absolute values are tested by their bits, which it does not see through.
  private String extreme(OpCode op, DType dtype, int lanes, String a, String b, boolean absolute) {
    String type = Ir.type(dtype, lanes);
    boolean swapped = Ir.isFloat(a);
    String x = swapped ? b : a;
    String y = swapped ? a : b;
    String mask = Ir.type(DType.BOOL, lanes);
    String first = ir.value("fcmp " + (op == OpCode.MAX ? "ogt " : "olt ") + type + " " + y + ", " + x);
    String chosen = ir.value("select " + mask + " " + first + ", " + type + " " + y + ", " + type + " " + x);
    if (Ir.isFloat(y)) {
      return chosen;
    }
    String nan = absolute ? hasBitsOfNan(dtype, lanes, type, y) : ir.value("fcmp uno " + type + " " + y + ", " + y);
    return ir.value("select " + mask + " " + nan + ", " + type + " " + y + ", " + type + " " + chosen);
  }

  private String hasBitsOfNan(DType dtype, int lanes, String type, String value) {
    boolean wide = dtype == DType.FLOAT64;
    DType integer = wide ? DType.INT64 : DType.INT32;
    String bits = ir.value("bitcast " + type + " " + value + " to " + Ir.type(integer, lanes));
    String magnitude = ir.value("and " + Ir.type(integer, lanes) + " " + bits + ", " + Ir.constant(integer, wide ? Long.MAX_VALUE : (long) Integer.MAX_VALUE, lanes));
    String infinity = Ir.constant(integer, wide ? 0x7FF0000000000000L : 0x7F800000L, lanes);
    return ir.value("icmp ugt " + Ir.type(integer, lanes) + " " + magnitude + ", " + infinity);
  }

  private String call(String intrinsic, String type, DType dtype, int lanes, List<String> operands) {
    String name = "@llvm." + intrinsic + "." + Ir.suffix(Ir.type(dtype, 1), lanes);
    String types = String.join(", ", operands.stream().map(o -> type).toList());
    ir.declare("declare " + type + " " + name + "(" + types + ")");
    return ir.value("call " + type + " " + name + "(" + String.join(", ", operands.stream().map(o -> type + " " + o).toList()) + ")");
  }

  private static String zero(DType dtype, int lanes) {
    return Ir.constant(dtype, 0L, lanes);
  }

  /// All lanes of a vector combined into one: halves with each other, then their halves, and what is left over last.
  String reduce(OpCode combine, DType dtype, int lanes, String vector) {
    String scalar = Ir.type(dtype, 1);
    DType register = Analysis.inRegister(dtype);
    String all = vector;
    String left = null;
    for (int width = lanes; width > 1; width /= 2) {
      String type = Ir.vector(scalar, width);
      if (width % 2 == 1) {
        String last = ir.value("extractelement " + type + " " + all + ", i64 " + (width - 1));
        left = left == null ? last : binary(combine, register, 1, left, last);
      }
      int half = width / 2;
      all = binary(combine, register, half, part(all, type, 0, half), part(all, type, half, half));
    }
    return left == null ? all : binary(combine, register, 1, all, left);
  }

  private String part(String vector, String type, int from, int lanes) {
    if (lanes == 1) {
      return ir.value("extractelement " + type + " " + vector + ", i64 " + from);
    }
    String mask = String.join(", ", Ir.times(lanes, lane -> "i32 " + (from + lane)));
    return ir.value("shufflevector " + type + " " + vector + ", " + type + " poison, <" + lanes + " x i32> <" + mask + ">");
  }

  /// What a reduction starts from.
  static String neutral(OpCode combine, DType dtype, int lanes) {
    Object value =
        switch (combine) {
          case ADD -> dtype.isFloating() ? (Object) 0.0 : dtype == DType.BOOL ? (Object) false : (Object) 0L;
          case MUL -> dtype.isFloating() ? (Object) 1.0 : dtype == DType.BOOL ? (Object) true : (Object) 1L;
          case MAX -> lowest(dtype, true);
          case MIN -> lowest(dtype, false);
          default -> throw new IllegalStateException(combine + " combines nothing");
        };
    return Ir.constant(dtype, value, lanes);
  }

  private static Object lowest(DType dtype, boolean low) {
    return switch (dtype) {
      case BOOL -> !low;
      case UINT8 -> low ? 0L : 255L;
      case INT8 -> (long) (low ? Byte.MIN_VALUE : Byte.MAX_VALUE);
      case INT16 -> (long) (low ? Short.MIN_VALUE : Short.MAX_VALUE);
      case INT32 -> (long) (low ? Integer.MIN_VALUE : Integer.MAX_VALUE);
      case INT64 -> low ? Long.MIN_VALUE : Long.MAX_VALUE;
      default -> low ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    };
  }

  private String cast(String a, DType from, DType to, int lanes) {
    if (to.isNarrow()) {
      String single = cast(a, from, DType.FLOAT32, lanes);
      return fromMemory(toMemory(single, to, lanes), to, lanes);
    }
    DType source = Analysis.inRegister(from);
    if (source == to) {
      return a;
    }
    String in = Ir.type(source, lanes) + " " + a;
    String out = Ir.type(to, lanes);
    if (to == DType.BOOL) {
      String zero = source.isFloating() ? Ir.constant(source, 0.0, lanes) : zero(source, lanes);
      return ir.value((source.isFloating() ? "fcmp une " : "icmp ne ") + in + ", " + zero);
    }
    boolean unsigned = source == DType.UINT8 || source == DType.BOOL;
    if (source.isFloating() && to.isFloating()) {
      return ir.value((to == DType.FLOAT64 ? "fpext " : "fptrunc ") + in + " to " + out);
    }
    if (source.isFloating()) {
      String wide = Ir.type(DType.INT64, lanes);
      String name = "@llvm.fptosi.sat." + Ir.suffix("i64", lanes) + "." + Ir.suffix(Ir.type(source, 1), lanes);
      ir.declare("declare " + wide + " " + name + "(" + Ir.type(source, lanes) + ")");
      String whole = ir.value("call " + wide + " " + name + "(" + in + ")");
      return to == DType.INT64 ? whole : ir.value("trunc " + wide + " " + whole + " to " + out);
    }
    if (to.isFloating()) {
      return ir.value((unsigned ? "uitofp " : "sitofp ") + in + " to " + out);
    }
    if (source != DType.BOOL && source.bytes() == to.bytes()) {
      return a;
    }
    boolean narrower = source != DType.BOOL && source.bytes() > to.bytes();
    return ir.value((narrower ? "trunc " : unsigned ? "zext " : "sext ") + in + " to " + out);
  }

  private String bitcast(String a, DType from, DType to, int lanes) {
    String memory = toMemory(a, from, lanes);
    String between = Ir.memoryType(to, lanes);
    String source = Ir.memoryType(from, lanes);
    String changed = source.equals(between) ? memory : ir.value("bitcast " + source + " " + memory + " to " + between);
    return fromMemory(changed, to, lanes);
  }

  /// A value as it is kept in memory.
  String toMemory(String value, DType dtype, int lanes) {
    return switch (dtype) {
      case BOOL -> ir.value("zext " + Ir.type(dtype, lanes) + " " + value + " to " + Ir.memoryType(dtype, lanes));
      case FLOAT16 -> ir.value("fptrunc " + Ir.type(dtype, lanes) + " " + value + " to " + Ir.memoryType(dtype, lanes));
      case FLOAT8_E4M3, FLOAT8_E5M2 -> new Float8Code(ir, Float8.of(dtype), lanes).toMemory(value);
      case BFLOAT16 -> ir.dialect == Ir.Dialect.HOST ? roundToBfloat(value, lanes)
          : ir.value("bitcast " + Ir.vector("bfloat", lanes) + " " + ir.value("fptrunc " + Ir.type(dtype, lanes) + " " + value + " to " + Ir.vector("bfloat", lanes)) + " to " + Ir.memoryType(dtype, lanes));
      default -> value;
    };
  }

  /// The same without rounding again what lay in memory, or was rounded as if it had.
  String backToMemory(String value, DType dtype, int lanes) {
    String known = memoryForms.get(new InRegister(value, dtype));
    return known == null ? toMemory(value, dtype, lanes) : known;
  }

  /// A number repeated in a vector. A half is repeated as it lay in memory and then widened: a single one LLVM would insert into
  /// whatever a register has, such as a sum, and wait for that.
  String splat(String type, String value, int lanes) {
    String half = ir.dialect == Ir.Dialect.HOST ? memoryForms.get(new InRegister(value, DType.FLOAT16)) : null;
    if (half != null) {
      return fromMemory(repeated("half", half, lanes), DType.FLOAT16, lanes);
    }
    return repeated(type, value, lanes);
  }

  private String repeated(String type, String value, int lanes) {
    String vector = Ir.vector(type, lanes);
    String one = ir.value("insertelement " + vector + " poison, " + type + " " + value + ", i64 0");
    return ir.value("shufflevector " + vector + " " + one + ", " + vector + " poison, <" + lanes + " x i32> zeroinitializer");
  }

  /// Rounds to nearest even by adding half a unit (less one where the kept part is even) to the bits; NaN stays NaN.
  private String roundToBfloat(String value, int lanes) {
    String ints = Ir.type(DType.INT32, lanes);
    String floats = Ir.type(DType.FLOAT32, lanes);
    String bits = ir.value("bitcast " + floats + " " + value + " to " + ints);
    String high = ir.value("lshr " + ints + " " + bits + ", " + Ir.constant(DType.INT32, 16L, lanes));
    String odd = ir.value("and " + ints + " " + high + ", " + Ir.constant(DType.INT32, 1L, lanes));
    String half = ir.value("add " + ints + " " + odd + ", " + Ir.constant(DType.INT32, 0x7FFFL, lanes));
    String sum = ir.value("add " + ints + " " + bits + ", " + half);
    String nan = ir.value("fcmp uno " + floats + " " + value + ", " + value);
    String quiet = ir.value("or " + ints + " " + bits + ", " + Ir.constant(DType.INT32, 0x400000L, lanes));
    String chosen = ir.value("select " + Ir.type(DType.BOOL, lanes) + " " + nan + ", " + ints + " " + quiet + ", " + ints + " " + sum);
    String shifted = ir.value("lshr " + ints + " " + chosen + ", " + Ir.constant(DType.INT32, 16L, lanes));
    return ir.value("trunc " + ints + " " + shifted + " to " + Ir.vector("i16", lanes));
  }

  /// A value from memory as it is computed with.
  String fromMemory(String value, DType dtype, int lanes) {
    String memory = Ir.memoryType(dtype, lanes);
    String register = switch (dtype) {
      case BOOL -> ir.value("icmp ne " + memory + " " + value + ", " + Ir.constant(DType.INT8, 0L, lanes));
      case FLOAT16 -> ir.value("fpext " + memory + " " + value + " to " + Ir.type(dtype, lanes));
      case FLOAT8_E4M3, FLOAT8_E5M2 -> new Float8Code(ir, Float8.of(dtype), lanes).fromMemory(value);
      case BFLOAT16 -> {
        if (ir.dialect == Ir.Dialect.NVPTX && lanes % 4 == 0) {
          yield unpacked(value, lanes);
        }
        String ints = Ir.type(DType.INT32, lanes);
        String wide = ir.value("zext " + memory + " " + value + " to " + ints);
        String high = ir.value("shl " + ints + " " + wide + ", " + Ir.constant(DType.INT32, 16L, lanes));
        yield ir.value("bitcast " + ints + " " + high + " to " + Ir.type(dtype, lanes));
      }
      default -> value;
    };
    if (dtype.isNarrow()) {
      memoryForms.put(new InRegister(register, dtype), value);
    }
    return register;
  }

  /// Two bfloat16 of a word by one instruction each: LLVM takes words apart in twice as many. Single pairs are left to it: what
  /// attention's derivatives keep would not fit their registers otherwise.
  private String unpacked(String value, int lanes) {
    String words = Ir.vector("i32", lanes / 2);
    String packed = ir.value("bitcast " + Ir.memoryType(DType.BFLOAT16, lanes) + " " + value + " to " + words);
    String even = ir.value("shl " + words + " " + packed + ", " + Ir.constant(DType.INT32, 16L, lanes / 2));
    String odd = ir.value("and " + words + " " + packed + ", " + Ir.constant(DType.INT32, -0x10000L, lanes / 2));
    String[] parts = {even, odd};
    String result = "poison";
    for (int lane = 0; lane < lanes; lane++) {
      String word = ir.value("extractelement " + words + " " + parts[lane % 2] + ", i64 " + lane / 2);
      result = ir.value("insertelement " + Ir.type(DType.INT32, lanes) + " " + result + ", i32 " + word + ", i64 " + lane);
    }
    return ir.value("bitcast " + Ir.type(DType.INT32, lanes) + " " + result + " to " + Ir.type(DType.BFLOAT16, lanes));
  }
}
