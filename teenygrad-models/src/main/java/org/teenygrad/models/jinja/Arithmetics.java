package org.teenygrad.models.jinja;

import java.util.ArrayList;
import java.util.List;

/// Python's operators.
final class Arithmetics {
  private static final int MOST_ELEMENTS = 1 << 20;

  private Arithmetics() {}

  /// @throws TemplateException if these values have no such operator, or what comes out is too large
  static Object of(String operator, Object left, Object right) {
    if (operator.equals("~")) {
      return new Output().append(Output.text(left)).append(Output.text(right)).toString();
    }
    if (operator.equals("+") && left instanceof String a && right instanceof String b) {
      return new Output().append(a).append(b).toString();
    }
    if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
      return repeated(a, 1, b);
    }
    if (operator.equals("*") && left instanceof List<?> list && right instanceof Long count) {
      return repeated(list, count, List.of());
    }
    if (operator.equals("*") && left instanceof String text && right instanceof Long count) {
      if (count > 0 && text.length() > Output.MOST / count) {
        throw Output.tooLong();
      }
      return text.repeat((int) Math.max(0, count));
    }
    Number a = Values.number(left);
    Number b = Values.number(right);
    if (a == null || b == null) {
      throw new TemplateException("there is no " + operator + " for " + Values.kind(left) + " and " + Values.kind(right));
    }
    try {
      return a instanceof Long x && b instanceof Long y && !operator.equals("/") ? whole(operator, x, y) : fractional(operator, a.doubleValue(), b.doubleValue());
    } catch (ArithmeticException e) {
      throw new TemplateException(a + " " + operator + " " + b + " is no number that a template can have");
    }
  }

  private static List<Object> repeated(List<?> list, long count, List<?> then) {
    if (list.size() * Math.max(0.0, (double) count) + then.size() > MOST_ELEMENTS) {
      throw new TemplateException("a list becomes longer than " + MOST_ELEMENTS);
    }
    List<Object> all = new ArrayList<>();
    for (long i = 0; i < count && !list.isEmpty(); i++) {
      all.addAll(list);
    }
    all.addAll(then);
    return all;
  }

  private static Object whole(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> Math.floorDiv(a, b);
      case "%" -> Math.floorMod(a, b);
      default -> {
        double power = Math.pow((double) a, (double) b);
        if (b < 0) {
          yield power;
        }
        if (Math.abs(power) >= 1L << 53) {
          throw new ArithmeticException("overflow");
        }
        yield (long) power;
      }
    };
  }

  private static Object fractional(String operator, double a, double b) {
    if (b == 0 && "//%".contains(operator)) {
      throw new ArithmeticException("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - Math.floor(a / b) * b;
      default -> Math.pow(a, b);
    };
  }
}
