package org.teenygrad.models.jinja;

import java.util.List;
import java.util.Map;

/// `value is name`.
final class Tests {
  private Tests() {}

  /// @throws TemplateException if there is no such test
  static boolean holds(Object value, Given given) {
    return switch (given.called()) {
      case "defined" -> !(value instanceof Values.Undefined);
      case "undefined" -> value instanceof Values.Undefined;
      case "none" -> value == Values.NONE;
      case "string" -> value instanceof String;
      case "mapping" -> value instanceof Map<?, ?>;
      case "sequence" -> value instanceof String || value instanceof List<?> || value instanceof Map<?, ?>;
      case "iterable" -> value instanceof String || value instanceof List<?> || value instanceof Map<?, ?> || value instanceof Values.Undefined;
      case "number" -> Values.number(value) != null;
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> value.equals(true);
      case "false" -> value.equals(false);
      case "callable" -> value instanceof Values.Function;
      case "odd" -> remainder(value, 2) == 1;
      case "even" -> remainder(value, 2) == 0;
      case "divisibleby" -> remainder(value, given.integer(0, "num", 0)) == 0;
      case "eq", "equalto", "==", "sameas" -> Values.equal(value, given.get(0, "other"));
      case "ne", "!=" -> !Values.equal(value, given.get(0, "other"));
      case "lt", "lessthan", "<" -> Values.compare(value, given.get(0, "other")) < 0;
      case "le", "<=" -> Values.compare(value, given.get(0, "other")) <= 0;
      case "gt", "greaterthan", ">" -> Values.compare(value, given.get(0, "other")) > 0;
      case "ge", ">=" -> Values.compare(value, given.get(0, "other")) >= 0;
      case "in" -> Values.contains(given.get(0, "seq"), value);
      default -> throw new TemplateException("there is no test '" + given.called() + "'");
    };
  }

  private static long remainder(Object value, long divisor) {
    if (value instanceof Long number && divisor != 0) {
      return Math.floorMod(number, divisor);
    }
    throw new TemplateException(Values.kind(value) + " cannot be divided by " + divisor);
  }
}
