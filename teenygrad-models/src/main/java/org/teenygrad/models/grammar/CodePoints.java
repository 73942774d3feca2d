package org.teenygrad.models.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A set of Unicode's characters.
/// @param ranges in order, with gaps between them
record CodePoints(List<Range> ranges) {
  private static final int LAST = 0x10FFFF;

  static final CodePoints NONE = new CodePoints(List.of());

  /// What UTF-8 can write: all but surrogates.
  static final CodePoints ALL = of(0, 0xD7FF).or(of(0xE000, LAST));

  static final CodePoints DIGITS = of('0', '9');
  static final CodePoints WORD = DIGITS.or(of('a', 'z')).or(of('A', 'Z')).or(of('_'));

  /// ECMAScript's `\s`.
  static final CodePoints SPACE = of(9, 13).or(of(' ')).or(of(0xA0)).or(of(0x1680)).or(of(0x2000, 0x200A)).or(of(0x2028, 0x2029)).or(of(0x202F))
      .or(of(0x205F)).or(of(0x3000)).or(of(0xFEFF));

  static final CodePoints LINE_ENDS = of('\n').or(of('\r')).or(of(0x2028, 0x2029));

  /// The characters from `first` to `last`.
  record Range(int first, int last) {}

  static CodePoints of(int first, int last) {
    return new CodePoints(List.of(new Range(first, last)));
  }

  static CodePoints of(int character) {
    return of(character, character);
  }

  CodePoints or(CodePoints other) {
    List<Range> merged = new ArrayList<>();
    Stream.concat(ranges.stream(), other.ranges.stream()).sorted(Comparator.comparingInt(Range::first)).forEach(range -> {
      if (!merged.isEmpty() && range.first <= merged.getLast().last + 1) {
        Range before = merged.removeLast();
        merged.add(new Range(before.first, Math.max(before.last, range.last)));
      } else {
        merged.add(range);
      }
    });
    return new CodePoints(merged);
  }

  CodePoints minus(CodePoints other) {
    List<Range> left = ranges;
    for (Range taken : other.ranges) {
      left = left.stream().flatMap(range -> Stream.of(
          new Range(range.first, Math.min(range.last, taken.first - 1)),
          new Range(Math.max(range.first, taken.last + 1), range.last))).filter(range -> range.first <= range.last).distinct().toList();
    }
    return new CodePoints(left);
  }

  CodePoints and(CodePoints other) {
    return minus(minus(other));
  }

  /// All others.
  CodePoints not() {
    return ALL.minus(this);
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }
}
