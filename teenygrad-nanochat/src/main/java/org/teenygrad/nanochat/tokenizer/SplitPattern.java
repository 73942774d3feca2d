package org.teenygrad.nanochat.tokenizer;

/// Splits UTF-8 into the pieces that no token crosses: nanochat's pattern, GPT-4's with numbers of at most two digits.
///
/// A scanner in place of a regular expression: one table lookup a character. The alternatives are tried in the order of [#REGEX].
/// A byte that is not part of UTF-8 counts as a symbol, so that any bytes can be split.
final class SplitPattern {
  /// The pattern as other tokenizers take it.
  static final String REGEX = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,2}"
      + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";

  private static final byte SYMBOL = 0;
  private static final byte LETTER = 1;
  private static final byte NUMBER = 2;
  private static final byte SPACE = 3;
  private static final byte NEWLINE = 4;
  private static final byte END = 5;

  private static final int DIGITS = 2;

  /// U+017F, the long s, which is an s where case is ignored.
  private static final int LONG_S_FIRST = 0xC5;

  private static final int LONG_S_SECOND = 0xBF;

  /// The classes of the characters below U+10000.
  private static final byte[] CLASSES = new byte[1 << 16];

  static {
    for (int c = 0; c < CLASSES.length; c++) {
      CLASSES[c] = classify(c);
    }
  }

  private final byte[] bytes;
  private final int end;

  /// The class of the character that was looked at last, and where the next one begins.
  private byte seen;

  private int next;

  SplitPattern(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  /// The end of the piece that begins at `start`, which is before the end.
  int pieceEnd(int start) {
    look(start);
    int second = next;
    return switch (seen) {
      case LETTER -> letters(second);
      case NUMBER -> numbers(second);
      case SYMBOL -> afterSymbol(start, second);
      case SPACE -> afterSpace(start, second);
      default -> spaces(start);
    };
  }

  private int afterSymbol(int start, int second) {
    int contraction = bytes[start] == '\'' ? contraction(second) : 0;
    if (contraction > 0) {
      return second + contraction;
    }
    look(second);
    return seen == LETTER ? letters(next) : symbols(second);
  }

  private int afterSpace(int start, int second) {
    look(second);
    if (seen == LETTER) {
      return letters(next);
    }
    return seen == SYMBOL && bytes[start] == ' ' ? symbols(next) : spaces(start);
  }

  /// The bytes of what follows an apostrophe, or 0: s, d, m, t, ll, ve, re.
  private int contraction(int at) {
    if (at >= end) {
      return 0;
    }
    int first = lower(at);
    int second = at + 1 < end ? lower(at + 1) : 0;
    return switch (first) {
      case 's', 'd', 'm', 't' -> 1;
      case 'l' -> second == 'l' ? 2 : 0;
      case 'v', 'r' -> second == 'e' ? 2 : 0;
      case LONG_S_FIRST -> second == LONG_S_SECOND ? 2 : 0;
      default -> 0;
    };
  }

  private int lower(int at) {
    int b = bytes[at] & 0xFF;
    return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
  }

  private int letters(int at) {
    int letters = at;
    for (look(letters); seen == LETTER; look(letters)) {
      letters = next;
    }
    return letters;
  }

  private int numbers(int at) {
    int numbers = at;
    for (int digit = 1; digit < DIGITS; digit++) {
      look(numbers);
      if (seen == NUMBER) {
        numbers = next;
      }
    }
    return numbers;
  }

  private int symbols(int at) {
    int symbols = at;
    for (look(symbols); seen == SYMBOL; look(symbols)) {
      symbols = next;
    }
    for (; seen == NEWLINE; look(symbols)) {
      symbols = next;
    }
    return symbols;
  }

  /// White space to its last newline; without one, all but its last character, which goes with what follows.
  private int spaces(int start) {
    int afterNewline = start;
    int last = start;
    int spaces = start;
    for (look(spaces); seen == SPACE || seen == NEWLINE; look(spaces)) {
      last = spaces;
      spaces = next;
      if (seen == NEWLINE) {
        afterNewline = spaces;
      }
    }
    if (afterNewline > start) {
      return afterNewline;
    }
    return seen == END || last == start ? spaces : last;
  }

  private void look(int at) {
    if (at >= end) {
      seen = END;
      next = at;
      return;
    }
    int first = bytes[at];
    if (first >= 0) {
      seen = CLASSES[first];
      next = at + 1;
    } else {
      lookBeyondAscii(at, first & 0xFF);
    }
  }

  private void lookBeyondAscii(int at, int first) {
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    int c = first & (0x7F >> length);
    boolean wellFormed = first >= 0xC2 && first <= 0xF4 && at + length <= end;
    for (int i = 1; wellFormed && i < length; i++) {
      int b = bytes[at + i];
      wellFormed = (b & 0xC0) == 0x80;
      c = c << 6 | (b & 0x3F);
    }
    wellFormed = wellFormed && c >= smallest(length) && c <= Character.MAX_CODE_POINT;
    seen = !wellFormed ? SYMBOL : c < CLASSES.length ? CLASSES[c] : classify(c);
    next = at + (wellFormed ? length : 1);
  }

  /// The smallest character that takes so many bytes.
  private static int smallest(int length) {
    return switch (length) {
      case 2 -> 0x80;
      case 3 -> 0x800;
      default -> 0x10000;
    };
  }

  private static byte classify(int c) {
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER, Character.MODIFIER_LETTER,
          Character.OTHER_LETTER -> LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
      default -> c == '\r' || c == '\n' ? NEWLINE : c >= '\t' && c <= '\r' || c == 0x85 ? SPACE : SYMBOL;
    };
  }
}
