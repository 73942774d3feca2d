package org.teenygrad.models.jinja;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Text that may not become too long.
final class Output {
  /// Characters of a text, a rendered one or one in between.
  static final int MOST = 1 << 24;

  private static final int DEEPEST = 200;

  private final StringBuilder text = new StringBuilder();

  Output append(String more) {
    if (more.length() > MOST - text.length()) {
      throw tooLong();
    }
    text.append(more);
    return this;
  }

  static TemplateException tooLong() {
    return new TemplateException("the text becomes longer than " + MOST + " characters");
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /// As `str`.
  static String text(Object value) {
    return value instanceof String text ? text : new Output().python(value, 0).toString();
  }

  /// As `repr`, but for what is undefined, which is nothing.
  private Output python(Object value, int depth) {
    requireDepth(depth);
    return switch (value) {
      case String text -> append(quoted(text));
      case Boolean truth -> append(truth ? "True" : "False");
      case Double number -> append(Strings.number(number));
      case List<?> list -> {
        append("[");
        String comma = "";
        for (Object element : list) {
          append(comma).python(element, depth + 1);
          comma = ", ";
        }
        yield append("]");
      }
      case Map<?, ?> map -> {
        append("{");
        String comma = "";
        for (Map.Entry<?, ?> member : map.entrySet()) {
          append(comma).python(member.getKey(), depth + 1).append(": ").python(member.getValue(), depth + 1);
          comma = ", ";
        }
        yield append("}");
      }
      case Values.Undefined _ -> append("");
      case Values.Function _ -> append("<function>");
      case Values.Namespace _ -> append("<Namespace>");
      default -> append(value.toString());
    };
  }

  private static String quoted(String text) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    String inside = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
    return quote + (quote == '\'' ? inside.replace("'", "\\'") : inside) + quote;
  }

  /// As Python's `json.dumps(value, ensure_ascii=False)`.
  ///
  /// @param indent spaces of a level; -1 for all on one line
  /// @param sorted whether members come in the order of their names
  Output json(Object value, int indent, boolean sorted) {
    return json(value, indent, sorted, 0);
  }

  private Output json(Object value, int indent, boolean sorted, int depth) {
    requireDepth(depth);
    return switch (value) {
      case String text -> jsonString(text);
      case Boolean truth -> append(truth ? "true" : "false");
      case Long number -> append(number.toString());
      case Double number -> append(Strings.number(number).replace("inf", "Infinity").replace("nan", "NaN"));
      case List<?> list -> {
        append("[");
        String comma = "";
        for (Object element : list) {
          append(comma).line(indent, depth + 1).json(element, indent, sorted, depth + 1);
          comma = indent < 0 ? ", " : ",";
        }
        yield (list.isEmpty() ? this : line(indent, depth)).append("]");
      }
      case Map<?, ?> map -> {
        append("{");
        String comma = "";
        for (Map.Entry<?, ?> member : (sorted ? new TreeMap<>(map) : map).entrySet()) {
          append(comma).line(indent, depth + 1).jsonString(member.getKey().toString()).append(": ").json(member.getValue(), indent, sorted, depth + 1);
          comma = indent < 0 ? ", " : ",";
        }
        yield (map.isEmpty() ? this : line(indent, depth)).append("}");
      }
      default -> {
        if (value != Values.NONE) {
          throw new TemplateException(Values.kind(value) + " cannot be written as JSON");
        }
        yield append("null");
      }
    };
  }

  private Output line(int indent, int depth) {
    return indent < 0 ? this : append("\n").append(" ".repeat(Math.min(indent, 64) * depth));
  }

  private Output jsonString(String string) {
    append("\"");
    string.codePoints().forEach(c -> append(switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      default -> c < ' ' ? String.format(java.util.Locale.ROOT, "\\u%04x", c) : Character.toString(c);
    }));
    return append("\"");
  }

  private static void requireDepth(int depth) {
    if (depth > DEEPEST) {
      throw new TemplateException("a value has more than " + DEEPEST + " levels");
    }
  }
}
