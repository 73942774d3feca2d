package org.teenygrad.models.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Python's ideas of text, where Java has others.
final class Strings {
  private Strings() {}

  /// As `str.isspace`: no-break spaces are spaces, too.
  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  /// As `str.strip`, `lstrip` and `rstrip`.
  /// @param taken the characters to take away; empty for white space
  static String strip(String text, String taken, boolean begin, boolean end) {
    int from = 0;
    int to = text.length();
    while (begin && from < to && isTaken(text.charAt(from), taken)) {
      from++;
    }
    while (end && to > from && isTaken(text.charAt(to - 1), taken)) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isTaken(char c, String taken) {
    return taken.isEmpty() ? isSpace(c) : taken.indexOf(c) >= 0;
  }

  static String stripEnd(String text) {
    return strip(text, "", false, true);
  }

  /// As `str.split`.
  /// @param separator empty for runs of white space
  /// @param most how often it is split; -1 for as often as it can
  static List<Object> split(String text, String separator, long most) {
    List<Object> parts = new ArrayList<>();
    if (separator.isEmpty()) {
      String rest = strip(text, "", true, false);
      while (!rest.isEmpty()) {
        int end = 0;
        while (end < rest.length() && (parts.size() == most || !isSpace(rest.charAt(end)))) {
          end++;
        }
        parts.add(rest.substring(0, end));
        rest = strip(rest.substring(end), "", true, false);
      }
      return parts;
    }
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0 && parts.size() != most; at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  /// The first character as a capital, all others small.
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return text.substring(0, first).toUpperCase(Locale.ROOT) + text.substring(first).toLowerCase(Locale.ROOT);
  }

  /// Each word as [#capitalize].
  static String title(String text) {
    StringBuilder title = new StringBuilder();
    boolean inWord = false;
    for (int c : text.codePoints().toArray()) {
      title.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inWord = Character.isLetter(c);
    }
    return title.toString();
  }

  /// As `repr(float)`.
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = exact.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = exact.unscaledValue().abs().toString();
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return String.format(Locale.ROOT, "%s%s%se%s%02d", value < 0 ? "-" : "", digits.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /// Appends what an escape in a string literal means.
  /// @param at of the backslash
  /// @return where the string goes on
  static int unescape(String source, int at, StringBuilder text) {
    char c = source.charAt(at + 1);
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : 0;
    if (digits > 0 && at + 2 + digits <= source.length() && source.substring(at + 2, at + 2 + digits).matches("[0-9a-fA-F]+")) {
      text.append((char) Integer.parseInt(source.substring(at + 2, at + 2 + digits), 16));
      return at + 2 + digits;
    }
    switch (c) {
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case '\\', '\'', '"' -> text.append(c);
      default -> text.append('\\').append(c);
    }
    return at + 2;
  }
}
