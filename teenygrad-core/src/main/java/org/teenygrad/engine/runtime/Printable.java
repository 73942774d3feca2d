package org.teenygrad.engine.runtime;

import java.nio.file.Path;

/// Texts that teenygrad did not write (names in files, paths, values of settings), as messages show them: in one line, not
/// too long, and unable to steer a terminal. Control characters, line ends and what has no glyph become U+FFFD.
public final class Printable {
  private static final int MAX_CHARACTERS = 600;
  private static final int MAX_PATH_CHARACTERS = 300;

  private Printable() {}

  /// The text, cut off after 600 characters.
  public static String of(String text) {
    return of(text, MAX_CHARACTERS);
  }

  /// @param limit the number of characters from which on the text is cut off
  public static String of(String text, int limit) {
    int end = end(text, 0, limit);
    return end == text.length() ? clean(text) : clean(text.substring(0, end)) + "...";
  }

  /// The path; of an overlong one the beginning and the end.
  public static String of(Path path) {
    String text = path.toString();
    int half = MAX_PATH_CHARACTERS / 2;
    return text.length() <= MAX_PATH_CHARACTERS
        ? clean(text)
        : clean(text.substring(0, half)) + "..." + clean(text.substring(text.length() - half));
  }

  private static int end(String text, int begin, int characters) {
    return text.length() - begin <= characters || text.codePointCount(begin, text.length()) <= characters
        ? text.length() : text.offsetByCodePoints(begin, characters);
  }

  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(isPrintable(c) ? c : 0xFFFD));
    return clean.toString();
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE, Character.UNASSIGNED -> false;
      default -> true;
    };
  }
}
