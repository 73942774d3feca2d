package org.teenygrad.models.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/// `value | name`.
final class Filters {
  private Filters() {}

  /// @throws TemplateException if there is no such filter, or it cannot be applied to this
  static Object apply(Object value, Given given) {
    return switch (given.called()) {
      case "trim" -> Strings.strip(text(value, given), given.text(0, "chars", ""), true, true);
      case "upper" -> text(value, given).toUpperCase(Locale.ROOT);
      case "lower" -> text(value, given).toLowerCase(Locale.ROOT);
      case "capitalize" -> Strings.capitalize(text(value, given));
      case "title" -> Strings.title(text(value, given));
      case "string", "safe" -> text(value, given);
      case "replace" -> Methods.replace(text(value, given), given.text(0, "old", ""), given.text(1, "new", ""), given.integer(2, "count", -1));
      case "indent" -> indent(text(value, given), given);
      case "join" -> Methods.join(attributes(Values.elements(value), given, 1), given.text(0, "d", ""));
      case "length", "count" -> Values.length(value);
      case "default", "d" -> value instanceof Values.Undefined || Values.truth(given.get(1, "boolean", false)) && !Values.truth(value)
          ? given.get(0, "default_value", "") : value;
      case "first" -> Values.elements(value) instanceof List<Object> list && !list.isEmpty() ? list.getFirst() : new Values.Undefined("first");
      case "last" -> Values.elements(value) instanceof List<Object> list && !list.isEmpty() ? list.getLast() : new Values.Undefined("last");
      case "list" -> Values.elements(value);
      case "reverse" -> value instanceof String text ? new StringBuilder(text).reverse().toString() : Values.elements(value).reversed();
      case "items" -> Values.items(value);
      case "dictsort" -> sorted(Values.items(value), Filters::key);
      case "sort" -> sort(value, given);
      case "unique" -> unique(Values.elements(value));
      case "map" -> map(value, given);
      case "select" -> Values.elements(value).stream().filter(test(given, 0)).toList();
      case "reject" -> Values.elements(value).stream().filter(test(given, 0).negate()).toList();
      case "selectattr" -> Values.elements(value).stream().filter(byAttribute(given)).toList();
      case "rejectattr" -> Values.elements(value).stream().filter(byAttribute(given).negate()).toList();
      case "min" -> Values.elements(value).stream().min(Values::compare).orElse(new Values.Undefined("min"));
      case "max" -> Values.elements(value).stream().max(Values::compare).orElse(new Values.Undefined("max"));
      case "sum" -> attributes(Values.elements(value), given, 0).stream().reduce(0L, (a, b) -> Arithmetics.of("+", a, b));
      case "int" -> integer(value, given.integer(0, "default", 0));
      case "float" -> number(value);
      case "abs" -> Values.compare(value, 0L) < 0 ? Arithmetics.of("-", 0L, value) : value;
      case "round" -> round(value, Math.clamp(given.integer(0, "precision", 0), -300, 300));
      case "tojson" -> new Output().json(value, Math.clamp(given.integer(0, "indent", -1), -1, 64),
          Values.truth(given.get(4, "sort_keys", false))).toString();
      default -> throw new TemplateException("there is no filter '" + given.called() + "'");
    };
  }

  private static String text(Object value, Given given) {
    if (value instanceof Values.Function) {
      throw new TemplateException("a function has no " + given.called());
    }
    return Output.text(value);
  }

  private static String indent(String text, Given given) {
    String spaces = given.find(0, "width") instanceof String width ? width : " ".repeat(Math.clamp(given.integer(0, "width", 4), 0, 64));
    Output indented = new Output();
    boolean isFirst = true;
    for (String line : text.split("\n", -1)) {
      boolean isIndented = isFirst ? Values.truth(given.get(1, "first", false)) : Values.truth(given.get(2, "blank", false)) || !line.isBlank();
      indented.append(isFirst ? "" : "\n").append(isIndented ? spaces : "").append(line);
      isFirst = false;
    }
    return indented.toString();
  }

  /// What stands at a path such as `function.name` in each; the elements themselves where none is given.
  private static List<Object> attributes(List<Object> elements, Given given, int place) {
    return given.find(place, "attribute") instanceof String path ? elements.stream().map(each -> attribute(each, path)).toList() : elements;
  }

  private static Object attribute(Object value, String path) {
    Object found = value;
    for (String name : path.split("\\.")) {
      found = Evaluator.attribute(found, name);
    }
    return found;
  }

  private static Object map(Object value, Given given) {
    List<Object> elements = Values.elements(value);
    if (given.named().containsKey("attribute")) {
      Object otherwise = given.named().get("default");
      return attributes(elements, given, Integer.MAX_VALUE).stream()
          .map(found -> found instanceof Values.Undefined && otherwise != null ? otherwise : found).toList();
    }
    Given filter = rest(given, 0);
    return elements.stream().map(each -> apply(each, filter)).toList();
  }

  /// The test or filter whose name is at a place, with the arguments behind it.
  private static Given rest(Given given, int place) {
    String name = given.text(place, "name", "");
    return new Given(name, given.positional().subList(place + 1, given.positional().size()), given.named());
  }

  private static Predicate<Object> test(Given given, int place) {
    if (place >= given.positional().size()) {
      return Values::truth;
    }
    Given test = rest(given, place);
    return each -> Tests.holds(each, test);
  }

  private static Predicate<Object> byAttribute(Given given) {
    String path = given.text(0, "attribute", "");
    Predicate<Object> test = test(given, 1);
    return each -> test.test(attribute(each, path));
  }

  private static List<Object> sort(Object value, Given given) {
    java.util.function.Function<Object, Object> key =
        given.find(2, "attribute") instanceof String path ? each -> attribute(each, path) : each -> each;
    List<Object> sorted = sorted(Values.elements(value), key);
    return Values.truth(given.get(0, "reverse", false)) ? sorted.reversed() : sorted;
  }

  private static List<Object> sorted(List<Object> elements, java.util.function.Function<Object, Object> key) {
    List<Object> sorted = new ArrayList<>(elements);
    sorted.sort(Comparator.comparing(each -> smallLetters(key.apply(each)), Values::compare));
    return sorted;
  }

  private static Object key(Object item) {
    return ((List<?>) item).getFirst();
  }

  private static Object smallLetters(Object value) {
    return value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
  }

  private static List<Object> unique(List<Object> elements) {
    List<Object> unique = new ArrayList<>();
    for (Object each : elements) {
      if (!Values.contains(unique, each)) {
        unique.add(each);
      }
    }
    return unique;
  }

  private static Object integer(Object value, long otherwise) {
    return switch (value) {
      case String text when text.strip().matches("[+-]?\\d{1,18}") -> Long.parseLong(text.strip());
      case String _ -> otherwise;
      case Double number -> (long) (double) number;
      case Object other -> Values.number(other) instanceof Long number ? number : otherwise;
    };
  }

  private static Object number(Object value) {
    try {
      return value instanceof String text ? Double.parseDouble(text) : Values.number(value) instanceof Number number ? number.doubleValue() : 0.0;
    } catch (NumberFormatException e) {
      return 0.0;
    }
  }

  private static Object round(Object value, int precision) {
    Number number = Values.number(value);
    if (number == null) {
      throw new TemplateException(Values.kind(value) + " cannot be rounded");
    }
    return BigDecimal.valueOf(number.doubleValue()).setScale(precision, RoundingMode.HALF_EVEN).doubleValue();
  }
}
