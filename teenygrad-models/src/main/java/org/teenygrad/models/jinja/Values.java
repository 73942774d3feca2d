package org.teenygrad.models.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What expressions are: `String`, `Long`, `Double`, `Boolean`, `List`, `Map` with strings as keys, [#NONE], [Undefined], [Namespace] and
/// [Function]. What they are to Python is said here.
final class Values {
  /// Python's None.
  static final Object NONE = new Object() {
    @Override
    public String toString() {
      return "None";
    }
  };

  private Values() {}

  /// A variable, attribute or element that is not there: empty where it is shown or looked through, a mistake where it is reckoned with.
  record Undefined(String name) {}

  /// `namespace()`: what a loop can change for those after it.
  record Namespace(Map<String, Object> values) {}

  /// What can be called.
  @FunctionalInterface
  interface Function {
    Object call(List<Object> positional, Map<String, Object> named);
  }

  /// A value of Java's, with all that is in it.
  /// @throws TemplateException if a template has no such values
  static Object of(@Nullable Object value) {
    return switch (value) {
      case null -> NONE;
      case String _, Long _, Double _, Boolean _ -> value;
      case Integer number -> (long) number;
      case Float number -> (double) number;
      case List<?> list -> {
        List<Object> elements = new ArrayList<>();
        list.forEach(element -> elements.add(of(element)));
        yield elements;
      }
      case Map<?, ?> map -> {
        Map<String, Object> members = new LinkedHashMap<>();
        map.forEach((key, member) -> members.put(String.valueOf(key), of(member)));
        yield members;
      }
      default -> throw new TemplateException("a template has no values of " + value.getClass().getName());
    };
  }

  static boolean truth(Object value) {
    return switch (value) {
      case Boolean truth -> truth;
      case String text -> !text.isEmpty();
      case Long number -> number != 0;
      case Double number -> number != 0;
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case Undefined _ -> false;
      default -> value != NONE;
    };
  }

  static boolean equal(Object left, Object right) {
    if (number(left) instanceof Number a && number(right) instanceof Number b) {
      return a instanceof Long && b instanceof Long ? a.equals(b) : a.doubleValue() == b.doubleValue();
    }
    return switch (left) {
      case List<?> a when right instanceof List<?> b -> {
        boolean same = a.size() == b.size();
        for (int i = 0; same && i < a.size(); i++) {
          same = equal(a.get(i), b.get(i));
        }
        yield same;
      }
      case Map<?, ?> a when right instanceof Map<?, ?> b -> a.keySet().equals(b.keySet())
          && a.entrySet().stream().allMatch(entry -> b.get(entry.getKey()) instanceof Object other && equal(entry.getValue(), other));
      case Undefined _ -> right instanceof Undefined;
      case Object other -> other.equals(right);
    };
  }

  /// A number, which truths are, too; null for anything else.
  static @Nullable Number number(Object value) {
    return switch (value) {
      case Boolean truth -> truth ? 1L : 0L;
      case Long number -> number;
      case Double number -> number;
      default -> null;
    };
  }

  /// @throws TemplateException if one is not before, after or at the other
  static int compare(Object left, Object right) {
    if (number(left) instanceof Number a && number(right) instanceof Number b) {
      return a instanceof Long x && b instanceof Long y ? Long.compare(x, y) : Double.compare(a.doubleValue(), b.doubleValue());
    }
    if (left instanceof String a && right instanceof String b) {
      return a.compareTo(b);
    }
    throw new TemplateException(kind(left) + " and " + kind(right) + " have no order");
  }

  static boolean contains(Object container, Object element) {
    return switch (container) {
      case String text when element instanceof String part -> text.contains(part);
      case Map<?, ?> map -> element instanceof String && map.containsKey(element);
      case List<?> list -> list.stream().anyMatch(each -> equal(each, element));
      case Undefined _ -> false;
      default -> throw new TemplateException("there is no telling whether " + kind(element) + " is in " + kind(container));
    };
  }

  /// What a loop goes through.
  static List<Object> elements(Object value) {
    return switch (value) {
      case List<?> list -> new ArrayList<>(list);
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String text -> new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
      case Undefined _ -> List.of();
      default -> throw new TemplateException(kind(value) + " has no elements");
    };
  }

  static long length(Object value) {
    return value instanceof String text ? text.codePointCount(0, text.length()) : elements(value).size();
  }

  /// Those of a text, a list or a map, in pairs of name and value.
  static List<Object> items(Object value) {
    if (value instanceof Map<?, ?> map) {
      return new ArrayList<>(map.entrySet().stream().map(entry -> List.of(entry.getKey(), entry.getValue())).toList());
    }
    if (value instanceof Undefined) {
      return List.of();
    }
    throw new TemplateException(kind(value) + " has no items");
  }

  /// For messages.
  static String kind(Object value) {
    return switch (value) {
      case String _ -> "a string";
      case Long _ -> "an integer";
      case Double _ -> "a number";
      case Boolean _ -> "a truth";
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a mapping";
      case Undefined undefined -> "'" + undefined.name + "', which is undefined,";
      case Function _ -> "a function";
      case Namespace _ -> "a namespace";
      default -> "None";
    };
  }
}
