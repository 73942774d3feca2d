package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.teenygrad.DType;

/// Writes LLVM IR as text: numbered values, blocks, loops with values carried around them.
final class Ir {
  /// What differs between the machines that LLVM writes code for.
  enum Dialect {
    HOST("ptr"),
    NVPTX("ptr addrspace(1)");

    /// The type of a pointer to a tensor.
    final String pointer;

    Dialect(String pointer) {
      this.pointer = pointer;
    }
  }

  final Dialect dialect;
  private StringBuilder text = new StringBuilder();
  private final Set<String> declarations = new TreeSet<>();
  private String block = "entry";
  private int next;

  Ir(Dialect dialect) {
    this.dialect = dialect;
  }

  /// What the GPU calls what LLVM has no words for.
  GpuDialect gpu() {
    return new Nvptx(this);
  }

  /// A value carried around a loop.
  record Carried(String type, String value) {
    static List<String> values(List<Carried> carried) {
      return carried.stream().map(Carried::value).toList();
    }

    static List<Carried> floats(List<String> values) {
      return values.stream().map(value -> new Carried("float", value)).toList();
    }
  }

  /// Appends an instruction that gives a value.
  /// @return the value's name
  String value(String instruction) {
    String name = "%v" + next++;
    text.append("  ").append(name).append(" = ").append(instruction).append('\n');
    return name;
  }

  void effect(String instruction) {
    text.append("  ").append(instruction).append('\n');
  }

  /// Makes an LLVM intrinsic or a function known.
  void declare(String declaration) {
    declarations.add(declaration);
  }

  Set<String> declarations() {
    return declarations;
  }

  String text() {
    return text.toString();
  }

  /// A loop from `from` (a value or number) in steps up to below `below`, run at least once; none if it would run just once.
  /// @param body gets the counter and the carried values, gives the carried values of the next round
  /// @return the carried values after the loop
  List<Carried> loop(String from, String below, long step, List<Carried> carried, LoopBody body) {
    if (isNumber(from) && isNumber(below) && Long.parseLong(below) - Long.parseLong(from) <= step) {
      return body.emit(from, carried);
    }
    String before = block;
    String label = "loop" + next++;
    String counter = "%i" + next++;
    effect("br label %" + label);
    StringBuilder outside = text;
    text = new StringBuilder();
    block = label;
    List<Carried> phis = new ArrayList<>();
    for (Carried c : carried) {
      phis.add(new Carried(c.type(), "%c" + next++));
    }
    List<Carried> results = body.emit(counter, phis);
    String incremented = value("add nuw nsw i64 " + counter + ", " + step);
    String again = value("icmp slt i64 " + incremented + ", " + below);
    String after = "after" + next++;
    effect("br i1 " + again + ", label %" + label + ", label %" + after);
    StringBuilder inside = text;
    text = outside;
    text.append(label).append(":\n");
    effect(counter + " = phi i64 [ " + from + ", %" + before + " ], [ " + incremented + ", %" + block + " ]");
    for (int i = 0; i < phis.size(); i++) {
      String type = phis.get(i).type();
      effect(phis.get(i).value() + " = " + phi(type, carried.get(i).value(), before, results.get(i).value(), block));
    }
    text.append(inside);
    startBlock(after);
    return results;
  }

  /// Runs one of two branches, neither of which gives a value.
  void branch(String condition, Runnable then, Runnable otherwise) {
    String yes = "then" + next++;
    String no = "else" + next++;
    String join = "join" + next++;
    effect("br i1 " + condition + ", label %" + yes + ", label %" + no);
    startBlock(yes);
    then.run();
    effect("br label %" + join);
    startBlock(no);
    otherwise.run();
    effect("br label %" + join);
    startBlock(join);
  }

  /// Runs one of two bodies.
  /// @return what it gives; both give the same types
  List<Carried> choose(String condition, Supplier<List<Carried>> then, Supplier<List<Carried>> otherwise) {
    String yes = "then" + next++;
    String no = "else" + next++;
    String join = "join" + next++;
    effect("br i1 " + condition + ", label %" + yes + ", label %" + no);
    startBlock(yes);
    List<Carried> first = then.get();
    String firstEnd = block;
    effect("br label %" + join);
    startBlock(no);
    List<Carried> second = otherwise.get();
    String secondEnd = block;
    effect("br label %" + join);
    startBlock(join);
    return times(first.size(), i -> {
      String type = first.get(i).type();
      return new Carried(type, value(phi(type, first.get(i).value(), firstEnd, second.get(i).value(), secondEnd)));
    });
  }

  /// Runs a body where a condition holds.
  /// @return what the body gives, or what was carried where it did not run
  List<Carried> when(String condition, List<Carried> carried, Supplier<List<Carried>> body) {
    String before = block;
    String yes = "then" + next++;
    String join = "join" + next++;
    effect("br i1 " + condition + ", label %" + yes + ", label %" + join);
    startBlock(yes);
    List<Carried> results = body.get();
    effect("br label %" + join);
    String end = block;
    startBlock(join);
    List<Carried> joined = new ArrayList<>();
    for (int i = 0; i < carried.size(); i++) {
      String type = carried.get(i).type();
      joined.add(new Carried(type, value(phi(type, carried.get(i).value(), before, results.get(i).value(), end))));
    }
    return joined;
  }

  /// A number below 2^31 or so divided by a constant: GPUs divide 32-bit numbers in a few instructions, 64-bit ones in dozens.
  String quotient(String number, long divisor) {
    return divided("udiv", number, divisor);
  }

  String remainder(String number, long divisor) {
    return divided("urem", number, divisor);
  }

  /// A number divided by another that is known when the kernel runs.
  String dynamic(String instruction, String number, String divisor) {
    String narrow = value("trunc i64 " + number + " to i32");
    return value("zext i32 " + value(instruction + " i32 " + narrow + ", " + value("trunc i64 " + divisor + " to i32")) + " to i64");
  }

  /// A value or number plus a number.
  String plus(String number, long more) {
    if (more == 0) {
      return number;
    }
    return isNumber(number) ? Long.toString(Long.parseLong(number) + more) : value("add i64 " + number + ", " + more);
  }

  /// A vector of floats; of one, a float.
  String joined(int lanes, IntFunction<String> one) {
    if (lanes == 1) {
      return one.apply(0);
    }
    String type = type(DType.FLOAT32, lanes);
    String all = "poison";
    for (int lane = 0; lane < lanes; lane++) {
      all = value("insertelement " + type + " " + all + ", float " + one.apply(lane) + ", i64 " + lane);
    }
    return all;
  }

  /// A pointer some bytes further on.
  String pointer(String pointer, String bytes) {
    return bytes.equals("0") ? pointer : value("getelementptr inbounds i8, ptr " + pointer + ", i64 " + bytes);
  }

  /// The smaller of two numbers or values.
  String smallest(String a, String b) {
    declare("declare i64 @llvm.smin.i64(i64, i64)");
    return value("call i64 @llvm.smin.i64(i64 " + a + ", i64 " + b + ")");
  }

  /// The larger one.
  String largest(String a, String b) {
    declare("declare i64 @llvm.smax.i64(i64, i64)");
    return value("call i64 @llvm.smax.i64(i64 " + a + ", i64 " + b + ")");
  }

  private String divided(String instruction, String number, long divisor) {
    if (dialect == Dialect.HOST) {
      return value(instruction + " i64 " + number + ", " + divisor);
    }
    String narrow = value("trunc i64 " + number + " to i32");
    return value("zext i32 " + value(instruction + " i32 " + narrow + ", " + (int) divisor) + " to i64");
  }

  private void startBlock(String label) {
    text.append(label).append(":\n");
    block = label;
  }

  /// One of two values, by the block that one comes from.
  private static String phi(String type, String first, String firstBlock, String second, String secondBlock) {
    return "phi " + type + " [ " + first + ", %" + firstBlock + " ], [ " + second + ", %" + secondBlock + " ]";
  }

  private static boolean isNumber(String value) {
    return !value.startsWith("%");
  }

  /// What a loop repeats.
  interface LoopBody {
    List<Carried> emit(String counter, List<Carried> carried);
  }

  /// The register type of a tensor type, or a vector of it.
  static String type(DType dtype, int lanes) {
    String scalar =
        switch (Analysis.inRegister(dtype)) {
          case BOOL -> "i1";
          case UINT8, INT8 -> "i8";
          case INT16 -> "i16";
          case INT32 -> "i32";
          case INT64 -> "i64";
          case FLOAT64 -> "double";
          default -> "float";
        };
    return vector(scalar, lanes);
  }

  /// The type in memory.
  static String memoryType(DType dtype, int lanes) {
    return switch (dtype) {
      case BOOL -> vector("i8", lanes);
      case FLOAT16 -> vector("half", lanes);
      case BFLOAT16 -> vector("i16", lanes);
      case FLOAT8_E4M3, FLOAT8_E5M2 -> vector("i8", lanes);
      default -> type(dtype, lanes);
    };
  }

  static String vector(String scalar, int lanes) {
    return lanes == 1 ? scalar : "<" + lanes + " x " + scalar + ">";
  }

  /// The suffix of an intrinsic's name for a type: `v16f32`.
  static String suffix(String scalar, int lanes) {
    String short_ = scalar.equals("float") ? "f32" : scalar.equals("double") ? "f64" : scalar.equals("half") ? "f16" : scalar;
    return (lanes == 1 ? "" : "v" + lanes) + short_;
  }

  /// A constant of a register type.
  static String constant(DType dtype, Object payload, int lanes) {
    String scalar = scalar(dtype, payload);
    return lanes == 1 ? scalar : "splat (" + type(dtype, 1) + " " + scalar + ")";
  }

  /// Whether an operand is a floating constant other than NaN.
  static boolean isFloat(String operand) {
    int hex = operand.indexOf("0x");
    return hex >= 0 && !operand.startsWith("%")
        && !Double.isNaN(Double.longBitsToDouble(Long.parseUnsignedLong(operand.substring(hex + 2, hex + 18), 16)));
  }

  private static String scalar(DType dtype, Object payload) {
    if (payload instanceof Boolean truth) {
      return truth ? "true" : "false";
    }
    if (payload instanceof Double value) {
      double rounded = dtype == DType.FLOAT64 ? value : (double) value.floatValue();
      return String.format(Locale.ROOT, "0x%016X", Double.doubleToLongBits(rounded));
    }
    long value = ((Number) payload).longValue();
    return Long.toString(dtype == DType.UINT8 ? (byte) value : value);
  }

  /// Repeats what depends on a number.
  static <T> List<T> times(int count, Function<Integer, T> make) {
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(make.apply(i));
    }
    return list;
  }
}
