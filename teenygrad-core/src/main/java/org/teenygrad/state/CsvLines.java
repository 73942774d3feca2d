package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The lines of a table as text, cut into fields (RFC 4180, and what people write): commas, semicolons, tabs or spaces
/// stand between them. A field in quotes may have separators, line ends and, doubled, quotes in it.
final class CsvLines {
  private static final int MAX_FIELD_BYTES = 1 << 16;
  private static final int MAX_FIELDS = 1 << 20;
  private static final int FIRST_LINE_BYTES = 1 << 16;

  private final MemorySegment text;
  private final byte separator;
  private long position;
  private long line;
  private long nextLine = 1;
  private byte[] field = new byte[64];
  private int fieldBytes;

  private CsvLines(MemorySegment text, byte separator) {
    this.text = text;
    this.separator = separator;
    this.position = hasByteOrderMark(text) ? 3 : 0;
  }

  static CsvLines of(MemorySegment text) {
    return new CsvLines(text, separator(text));
  }

  /// Whether a file begins as texts do.
  static boolean isText(MemorySegment file) {
    for (long i = 0; i < Math.min(512, file.byteSize()); i++) {
      int c = file.get(ValueLayout.JAVA_BYTE, i);
      if (c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7F) {
        return false;
      }
    }
    return file.byteSize() > 0;
  }

  private static boolean hasByteOrderMark(MemorySegment text) {
    return text.byteSize() >= 3 && text.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0xEF
        && text.get(ValueLayout.JAVA_BYTE, 1) == (byte) 0xBB && text.get(ValueLayout.JAVA_BYTE, 2) == (byte) 0xBF;
  }

  /// What the first line has most of, outside of quotes; spaces only where there is nothing else.
  private static byte separator(MemorySegment text) {
    int[] counts = new int[128];
    boolean quoted = false;
    boolean begun = false;
    for (long i = 0; i < Math.min(FIRST_LINE_BYTES, text.byteSize()); i++) {
      int c = text.get(ValueLayout.JAVA_BYTE, i);
      if (begun && !quoted && (c == '\n' || c == '\r')) {
        break;
      }
      quoted ^= c == '"';
      begun |= c > ' ';
      if (c > 0 && !quoted) {
        counts[c]++;
      }
    }
    byte most = ',';
    for (byte c : new byte[] {';', '\t'}) {
      most = counts[c] > counts[most] ? c : most;
    }
    return counts[most] == 0 ? (byte) ' ' : most;
  }

  /// Where the line of the last fields began, from 1 on.
  long line() {
    return line;
  }

  /// The fields of the next line that is not empty; false at the end.
  /// @throws IllegalArgumentException if they make no sense
  boolean next(List<String> fields) {
    fields.clear();
    while (position < text.byteSize() && fields.isEmpty()) {
      line = nextLine;
      read(fields);
      if (fields.size() == 1 && fields.getFirst().isEmpty()) {
        fields.clear();
      }
    }
    return !fields.isEmpty();
  }

  private void read(List<String> fields) {
    while (true) {
      boolean isQuoted = readField();
      if (separator != ' ' || isQuoted || fieldBytes > 0) {
        fields.add(text(isQuoted));
      }
      if (fields.size() > MAX_FIELDS) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "line %d has more than %d columns", line, MAX_FIELDS));
      }
      int end = position < text.byteSize() ? text.get(ValueLayout.JAVA_BYTE, position++) : '\n';
      if (end == '\r' && position < text.byteSize() && text.get(ValueLayout.JAVA_BYTE, position) == '\n') {
        position++;
      }
      if (end != separator) {
        nextLine++;
        return;
      }
    }
  }

  /// Reads up to a separator or the end of the line; true if the field is in quotes.
  private boolean readField() {
    fieldBytes = 0;
    boolean isQuoted = false;
    for (; position < text.byteSize(); position++) {
      byte c = text.get(ValueLayout.JAVA_BYTE, position);
      if (c == separator || c == '\n' || c == '\r') {
        break;
      }
      if (c == '"' && !isQuoted && isBlank()) {
        isQuoted = true;
        fieldBytes = 0;
        readQuoted();
      } else if (!isQuoted || c > ' ' || c < 0) {
        add(c);
      }
    }
    return isQuoted;
  }

  /// Reads what is between two quotes, and stays on the second.
  private void readQuoted() {
    for (position++; position < text.byteSize(); position++) {
      byte c = text.get(ValueLayout.JAVA_BYTE, position);
      if (c == '"') {
        if (position + 1 == text.byteSize() || text.get(ValueLayout.JAVA_BYTE, position + 1) != '"') {
          return;
        }
        position++;
      }
      nextLine += c == '\n' ? 1 : 0;
      add(c);
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "a quote that is opened in line %d is never closed", line));
  }

  private boolean isBlank() {
    for (int i = 0; i < fieldBytes; i++) {
      if (field[i] != ' ') {
        return false;
      }
    }
    return true;
  }

  private void add(byte c) {
    if (fieldBytes == MAX_FIELD_BYTES) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "line %d has a field of more than %d bytes", line, MAX_FIELD_BYTES));
    }
    if (fieldBytes == field.length) {
      field = Arrays.copyOf(field, 2 * fieldBytes);
    }
    field[fieldBytes++] = c;
  }

  private String text(boolean isQuoted) {
    try {
      String text = isAscii()
          ? new String(field, 0, fieldBytes, StandardCharsets.ISO_8859_1)
          : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(field, 0, fieldBytes)).toString();
      return isQuoted ? text : text.strip();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "line %d is not UTF-8", line), e);
    }
  }

  /// Nearly all fields are, and a decoder for each takes longer than to read it.
  private boolean isAscii() {
    for (int i = 0; i < fieldBytes; i++) {
      if (field[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
