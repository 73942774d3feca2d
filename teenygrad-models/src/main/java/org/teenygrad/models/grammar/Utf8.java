package org.teenygrad.models.grammar;

import java.util.ArrayList;
import java.util.List;

/// The bytes of characters in UTF-8.
final class Utf8 {
  /// The last characters of one, two, three and four bytes.
  private static final int[] LAST = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

  private static final int[] PREFIX = {0, 0xC0, 0xE0, 0xF0};

  /// What a byte after the first has of a character.
  private static final int BITS = 6;

  private Utf8() {}

  static Grammar of(CodePoints characters) {
    List<Grammar> alternatives = new ArrayList<>();
    for (CodePoints.Range range : characters.ranges()) {
      int first = range.first();
      for (int more = 0; more < LAST.length; more++) {
        int last = Math.min(range.last(), LAST[more]);
        if (first <= last) {
          alternatives.add(of(first, last, more, PREFIX[more]));
          first = last + 1;
        }
      }
    }
    return Grammar.either(alternatives);
  }

  /// @param first only the bits that are not yet written
  /// @param more bytes after the next
  /// @param prefix bits of the next byte that say what it is
  private static Grammar of(int first, int last, int more, int prefix) {
    int bits = BITS * more;
    int head = first >> bits;
    int end = last >> bits;
    if (more == 0) {
      return Grammar.bytes(prefix | head, prefix | end);
    }
    int mask = (1 << bits) - 1;
    if (head == end) {
      return Grammar.sequence(Grammar.bytes(prefix | head, prefix | head), of(first & mask, last & mask, more - 1, 0x80));
    }
    List<Grammar> parts = new ArrayList<>();
    if ((first & mask) != 0) {
      parts.add(of(first, first | mask, more, prefix));
      head++;
    }
    if ((last & mask) != mask) {
      parts.add(of(last & ~mask, last, more, prefix));
      end--;
    }
    if (head <= end) {
      parts.add(Grammar.sequence(Grammar.bytes(prefix | head, prefix | end), of(0, mask, more - 1, 0x80)));
    }
    return Grammar.either(parts);
  }
}
