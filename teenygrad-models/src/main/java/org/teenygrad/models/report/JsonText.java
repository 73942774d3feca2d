package org.teenygrad.models.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes JSON objects.
public final class JsonText {
  private JsonText() {}

  /// An object on one line. Numbers that JSON has no words for, infinite ones and NaN, become null.
  /// @param values strings, numbers, booleans, nulls, and lists and maps of these; all else as its text
  public static String oneLine(Map<String, ? extends @Nullable Object> values) {
    return object(values, "{", ", ", "}");
  }

  /// As [#oneLine], a line an entry.
  public static String indented(Map<String, ? extends @Nullable Object> values) {
    return object(values, "{\n  ", ",\n  ", "\n}\n");
  }

  private static String object(Map<String, ? extends @Nullable Object> values, String before, String between, String after) {
    return values.entrySet().stream()
        .map(entry -> quoted(entry.getKey()) + ": " + value(entry.getValue()))
        .collect(Collectors.joining(between, before, after));
  }

  private static String value(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Boolean truth -> truth.toString();
      case Double number when !Double.isFinite(number) -> "null";
      case Number number -> number.toString();
      case Map<?, ?> members -> members.entrySet().stream().map(entry -> quoted(String.valueOf(entry.getKey())) + ": " + value(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
      case List<?> elements -> elements.stream().map(JsonText::value).collect(Collectors.joining(", ", "[", "]"));
      default -> quoted(value.toString());
    };
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars().forEach(c -> {
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ' || Character.isSurrogate((char) c)) {
            json.append(String.format(Locale.ROOT, "\\u%04x", c));
          } else {
            json.append((char) c);
          }
        }
      }
    });
    return json.append('"').toString();
  }
}
