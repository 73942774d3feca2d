package org.teenygrad.nanochat.tasks;

/// Text as Python sees it.
final class PythonText {
  private PythonText() {}

  /// Without white space at either end: Python's `strip`, for which U+0085 and U+00A0 are white space too.
  static String strip(String text) {
    int begin = 0;
    int end = text.length();
    while (begin < end && isSpace(text.charAt(begin))) {
      begin++;
    }
    while (begin < end && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(begin, end);
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }
}
