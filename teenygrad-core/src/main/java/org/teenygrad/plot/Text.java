package org.teenygrad.plot;

import java.util.ArrayList;
import java.util.List;

/// Text whose font is the reader's: how wide it is at most, and where it breaks.
final class Text {
  private Text() {}

  /// An upper bound for common sans-serif fonts, in pixels: no font is asked.
  static double width(String text, double size) {
    return size * text.codePoints().mapToDouble(Text::width).sum();
  }

  /// In units of the font's size, after DejaVu Sans, the widest of the common ones.
  private static double width(int character) {
    if (character >= 0x1100) {
      return Character.getType(character) == Character.NON_SPACING_MARK ? 0 : character < 0x2e80 ? 0.8 : 1.05;
    }
    return switch (character) {
      case 'i', 'j', 'l', '\'', '|' -> 0.3;
      case ' ', '.', ',', ':', ';', 'I' -> 0.34;
      case '(', ')', '[', ']', 'f', 't', 'r', '-', '/', '"' -> 0.42;
      case 'm', 'W', '@', '%', 'M' -> 0.98;
      case 'w', '+', '=', '<', '>', '~', '#' -> 0.84;
      default -> Character.isUpperCase(character) ? 0.74 : 0.63;
    };
  }

  /// Lines that are no wider than `limit`, broken at spaces or, where a word is wider, within it.
  static List<String> wrap(String text, double size, double limit) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : text.strip().split("\\s+")) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (width(longer, size) <= limit) {
        line = longer;
        continue;
      }
      if (!line.isEmpty()) {
        lines.add(line);
      }
      line = word;
      while (width(line, size) > limit && line.codePointCount(0, line.length()) > 1) {
        String head = head(line, size, limit);
        lines.add(head);
        line = line.substring(head.length());
      }
    }
    lines.add(line);
    return lines;
  }

  /// The text itself, or its beginning and an ellipsis.
  static String shorten(String text, double size, double limit) {
    return width(text, size) <= limit ? text : head(text, size, limit - width("…", size)) + "…";
  }

  /// At least one character.
  private static String head(String text, double size, double limit) {
    int end = text.offsetByCodePoints(0, 1);
    while (end < text.length() && width(text.substring(0, text.offsetByCodePoints(end, 1)), size) <= limit) {
      end = text.offsetByCodePoints(end, 1);
    }
    return text.substring(0, end);
  }
}
