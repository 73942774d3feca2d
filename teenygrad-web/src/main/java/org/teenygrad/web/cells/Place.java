package org.teenygrad.web.cells;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;

/// Where a snippet stands in its cell.
///
/// @param offset of its first character, which may be a blank or that of a comment
record Place(String code, int offset) {
  private static final Pattern BLANK = Pattern.compile("(?:\\s|//[^\n]*|/\\*[\\s\\S]*?\\*/)*+");

  /// The line on which it begins, from 1.
  int line() {
    return line(begin());
  }

  private int begin() {
    Matcher blank = BLANK.matcher(code).region(offset, code.length());
    return blank.lookingAt() ? blank.end() : offset;
  }

  /// Where JShell begins to count lines: behind blanks, but not behind comments.
  private int firstLine() {
    int at = offset;
    while (at < code.length() && Character.isWhitespace(code.charAt(at))) {
      at++;
    }
    return at;
  }

  private int line(int position) {
    return 1 + (int) code.substring(0, Math.min(position, code.length())).chars().filter(c -> c == '\n').count();
  }

  /// An error between two characters of the snippet.
  Map<String, @Nullable Object> error(long from, long to, String message) {
    int start = Math.clamp(offset + from, 0, code.length());
    return error(line(start), start, Math.clamp(offset + to, start, code.length()), message);
  }

  /// The line at a character of the snippet, with its number in the cell: `3: Tensor d = x.exp();`.
  String lineAt(int position) {
    int at = Math.clamp((long) begin() + position, 0, code.length());
    int start = code.lastIndexOf('\n', at - 1) + 1;
    int end = code.indexOf('\n', at);
    return line(at) + ": " + code.substring(start, end < 0 ? code.length() : end).strip();
  }

  /// Where a line of the snippet begins.
  private int start(int line) {
    int start = firstLine();
    for (int i = 1; i < line && code.indexOf('\n', start) >= 0; i++) {
      start = code.indexOf('\n', start) + 1;
    }
    return start;
  }

  /// An error on a line of the snippet, from 1.
  Map<String, @Nullable Object> error(int line, String message) {
    int start = start(line);
    while (start < code.length() && Character.isWhitespace(code.charAt(start))) {
      start++;
    }
    int end = code.indexOf('\n', start);
    return error(line(start), start, end < 0 ? code.length() : end, message);
  }

  private static Map<String, @Nullable Object> error(int line, int from, int to, String message) {
    return Json.members("kind", "error", "line", line, "from", from, "to", to, "message", message);
  }
}
