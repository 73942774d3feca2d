package org.teenygrad.host;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.function.LongFunction;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Semantics;

/// Numbers as NumPy prints them: the shortest digits that mean the same value, at most 8 behind the point, in columns.
final class NumberFormat {
  private static final int PRECISION = 8;

  private NumberFormat() {}

  /// One number by itself, with all of its digits.
  static String scalar(HostArray array) {
    if (!array.dtype().isFloating()) {
      return array.dtype().isInteger() ? Long.toString(array.getLong(0)) : array.getLong(0) != 0 ? "True" : "False";
    }
    double value = array.getDouble(0);
    if (!Double.isFinite(value)) {
      return special(value);
    }
    double size = Math.abs(value);
    BigDecimal digits = shortest(array.dtype(), value);
    if (size != 0 && (size < 1e-4 || size >= 1e16)) {
      String text = scientific(value, digits, 0, 2);
      return text.replace(".e", "e");
    }
    String text = positional(value, digits);
    return text.endsWith(".") ? text + "0" : text;
  }

  static LongFunction<String> integers(HostArray array, long[] shown) {
    int width = Arrays.stream(shown).mapToInt(i -> Long.toString(array.getLong(i)).length()).max().orElse(0);
    return i -> pad(Long.toString(array.getLong(i)), width);
  }

  /// Positions of the decimal point are aligned; scientific where the values are very large, small or different.
  static LongFunction<String> floats(HostArray array, long[] shown) {
    double[] finite = Arrays.stream(shown).mapToDouble(array::getDouble).filter(Double::isFinite).toArray();
    double[] sizes = Arrays.stream(finite).map(Math::abs).filter(x -> x != 0).toArray();
    double largest = Arrays.stream(sizes).max().orElse(1);
    double smallest = Arrays.stream(sizes).min().orElse(1);
    boolean scientific = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000;
    DType type = array.dtype();
    int exponentDigits = largest >= 1e100 || smallest < 1e-99 ? 3 : 2;
    int before = 0;
    int after = 0;
    for (double value : finite) {
      String text = scientific
          ? scientific(value, limited(type, value, true), 0, exponentDigits)
          : positional(value, limited(type, value, false));
      int point = text.indexOf('.');
      before = Math.max(before, point);
      after = Math.max(after, (scientific ? text.indexOf('e') : text.length()) - point - 1);
    }
    int fraction = after;
    int right = scientific ? fraction + exponentDigits + 2 : fraction;
    int width = before + 1 + right;
    for (long i : shown) {
      double value = array.getDouble(i);
      width = Double.isFinite(value) ? width : Math.max(width, special(value).length());
    }
    int all = width;
    return i -> {
      double value = array.getDouble(i);
      if (!Double.isFinite(value)) {
        return pad(special(value), all);
      }
      if (scientific) {
        return pad(scientific(value, limited(type, value, true), fraction, exponentDigits), all);
      }
      String text = positional(value, limited(type, value, false));
      return pad(text + " ".repeat(fraction - (text.length() - text.indexOf('.') - 1)), all);
    };
  }

  private static String special(double value) {
    return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }

  private static String pad(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /// The shortest digits, cut to the precision by rounding the exact value.
  private static BigDecimal limited(DType type, double value, boolean scientific) {
    BigDecimal digits = shortest(type, value);
    if (scientific) {
      MathContext context = new MathContext(PRECISION + 1, RoundingMode.HALF_EVEN);
      return digits.precision() <= context.getPrecision() ? digits : new BigDecimal(value).round(context);
    }
    return digits.scale() <= PRECISION ? digits : new BigDecimal(value).setScale(PRECISION, RoundingMode.HALF_EVEN);
  }

  /// The fewest digits that no other value of the type is nearer to.
  private static BigDecimal shortest(DType type, double value) {
    return switch (type) {
      case FLOAT64 -> new BigDecimal(Double.toString(value));
      case FLOAT32 -> new BigDecimal(Float.toString((float) value));
      default -> {
        BigDecimal exact = new BigDecimal(value);
        int digits = 1;
        while (Semantics.round(type, exact.round(new MathContext(digits)).doubleValue()) != value) {
          digits++;
        }
        yield exact.round(new MathContext(digits));
      }
    };
  }

  /// Such as `-12.5`, `3.` and `-0.`.
  private static String positional(double value, BigDecimal digits) {
    BigDecimal trimmed = digits.stripTrailingZeros();
    String text = trimmed.abs().setScale(Math.max(0, trimmed.scale())).toPlainString();
    return sign(value) + (text.contains(".") ? text : text + ".");
  }

  /// Such as `1.5e-07`, with at least that many digits behind the point.
  private static String scientific(double value, BigDecimal digits, int fraction, int exponentDigits) {
    String unscaled = digits.abs().stripTrailingZeros().unscaledValue().toString();
    int exponent = value == 0 ? 0 : unscaled.length() - 1 - digits.stripTrailingZeros().scale();
    String behind = unscaled.substring(1);
    String power = Integer.toString(Math.abs(exponent));
    return sign(value)
        + unscaled.charAt(0)
        + "."
        + behind
        + "0".repeat(Math.max(0, fraction - behind.length()))
        + (exponent < 0 ? "e-" : "e+")
        + "0".repeat(Math.max(0, exponentDigits - power.length()))
        + power;
  }

  private static String sign(double value) {
    return Double.doubleToRawLongBits(value) < 0 ? "-" : "";
  }
}
