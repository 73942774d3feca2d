package org.teenygrad.models.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The methods of strings, mappings and lists, as far as they change nothing.
final class Methods {
  private Methods() {}

  /// The method of a value; null if it has none of that name.
  static Values.@Nullable Function of(Object value, String name) {
    boolean has = switch (value) {
      case String _ -> switch (name) {
        case "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "replace", "upper", "lower", "title", "capitalize",
            "find", "count", "join", "isdigit", "removeprefix", "removesuffix" -> true;
        default -> false;
      };
      case Map<?, ?> _ -> switch (name) {
        case "get", "items", "keys", "values" -> true;
        default -> false;
      };
      case List<?> _ -> name.equals("index") || name.equals("count");
      default -> false;
    };
    return !has ? null : (positional, named) -> {
      Given given = new Given(name, positional, named);
      return switch (value) {
        case String text -> ofText(text, given);
        case Map<?, ?> map -> ofMapping(map, given);
        default -> ofList((List<?>) value, given);
      };
    };
  }

  private static Object ofText(String text, Given given) {
    return switch (given.called()) {
      case "strip" -> Strings.strip(text, given.text(0, "chars", ""), true, true);
      case "lstrip" -> Strings.strip(text, given.text(0, "chars", ""), true, false);
      case "rstrip" -> Strings.strip(text, given.text(0, "chars", ""), false, true);
      case "split" -> Strings.split(text, given.text(0, "sep", ""), given.integer(1, "maxsplit", -1));
      case "rsplit" -> splitFromEnd(text, given);
      case "splitlines" -> new ArrayList<Object>(text.lines().toList());
      case "startswith" -> anyOf(given).stream().anyMatch(text::startsWith);
      case "endswith" -> anyOf(given).stream().anyMatch(text::endsWith);
      case "replace" -> replace(text, given.text(0, "old", ""), given.text(1, "new", ""), given.integer(2, "count", -1));
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "title" -> Strings.title(text);
      case "capitalize" -> Strings.capitalize(text);
      case "find" -> {
        int at = text.indexOf(given.text(0, "sub", ""));
        yield at < 0 ? -1L : (long) text.codePointCount(0, at);
      }
      case "count" -> {
        String part = given.text(0, "sub", "");
        yield part.isEmpty() ? Values.length(text) + 1 : Strings.split(text, part, -1).size() - 1L;
      }
      case "join" -> join(Values.elements(given.get(0, "iterable")), text);
      case "isdigit" -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
      case "removeprefix" -> {
        String prefix = given.text(0, "prefix", "");
        yield text.startsWith(prefix) ? text.substring(prefix.length()) : text;
      }
      default -> {
        String suffix = given.text(0, "suffix", "");
        yield text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
      }
    };
  }

  /// Only where it is split once or as often as it can be: all that templates ask for.
  private static List<Object> splitFromEnd(String text, Given given) {
    String separator = given.text(0, "sep", "");
    long most = given.integer(1, "maxsplit", -1);
    int at = separator.isEmpty() ? -1 : text.lastIndexOf(separator);
    if (most == 1 && !separator.isEmpty()) {
      return at < 0 ? List.of(text) : List.of(text.substring(0, at), text.substring(at + separator.length()));
    }
    if (most >= 0) {
      throw new TemplateException("rsplit is there with a separator and a maxsplit of 1, or without maxsplit");
    }
    return Strings.split(text, separator, -1);
  }

  private static List<String> anyOf(Given given) {
    List<String> parts = new ArrayList<>();
    switch (given.get(0, "prefix")) {
      case String text -> parts.add(text);
      case List<?> list -> list.forEach(each -> parts.add(Output.text(each)));
      case Object other -> throw new TemplateException(given.called() + " needs a string, not " + Values.kind(other));
    }
    return parts;
  }

  static String replace(String text, String old, String replacement, long count) {
    if (old.isEmpty()) {
      throw new TemplateException("replace needs something to replace");
    }
    return join(Strings.split(text, old, count), replacement);
  }

  static String join(List<Object> elements, String separator) {
    Output joined = new Output();
    for (int i = 0; i < elements.size(); i++) {
      joined.append(i == 0 ? "" : separator).append(Output.text(elements.get(i)));
    }
    return joined.toString();
  }

  private static Object ofMapping(Map<?, ?> map, Given given) {
    return switch (given.called()) {
      case "get" -> map.get(given.get(0, "key")) instanceof Object found ? found : given.get(1, "default", Values.NONE);
      case "items" -> Values.items(map);
      case "keys" -> new ArrayList<Object>(map.keySet());
      default -> new ArrayList<Object>(map.values());
    };
  }

  private static Object ofList(List<?> list, Given given) {
    Object wanted = given.get(0, "value");
    if (given.called().equals("count")) {
      return list.stream().filter(each -> Values.equal(each, wanted)).count();
    }
    for (int i = 0; i < list.size(); i++) {
      if (Values.equal(list.get(i), wanted)) {
        return (long) i;
      }
    }
    throw new TemplateException("the list does not have what index looks for");
  }
}
