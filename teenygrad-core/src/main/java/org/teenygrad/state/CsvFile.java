package org.teenygrad.state;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// A table of numbers as text: a line is a row; commas, semicolons, tabs or spaces stand between the columns.
///
/// The first line may name the columns. An empty field, `NA` and `NaN` are NaN. Everything is float64, which holds what
/// people write.
final class CsvFile {
  private static final int MAX_FIELD_CHARACTERS = 1024;

  private final MemorySegment text;
  private final char separator;
  private long position;
  private long line = 1;

  private CsvFile(MemorySegment text, char separator) {
    this.text = text;
    this.separator = separator;
    this.position = hasByteOrderMark(text) ? 3 : 0;
  }

  private static boolean hasByteOrderMark(MemorySegment text) {
    return text.byteSize() >= 3 && text.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0xEF
        && text.get(ValueLayout.JAVA_BYTE, 1) == (byte) 0xBB && text.get(ValueLayout.JAVA_BYTE, 2) == (byte) 0xBF;
  }

  /// Whether it begins as texts do.
  static boolean isText(MemorySegment file) {
    for (long i = 0; i < Math.min(512, file.byteSize()); i++) {
      int c = file.get(ValueLayout.JAVA_BYTE, i);
      if (c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7F) {
        return false;
      }
    }
    return file.byteSize() > 0;
  }

  /// @throws IllegalArgumentException if it is not a table of numbers
  static Contents read(MemorySegment text, Arena arena) {
    CsvFile csv = new CsvFile(text, separator(text));
    long start = csv.position;
    List<String> names = new ArrayList<>();
    csv.row(names);
    if (names.stream().allMatch(CsvFile::isNumber)) {
      names = numbered(names.size());
      csv.position = start;
      csv.line = 1;
    }
    int columns = names.size();
    long from = csv.position;
    long firstLine = csv.line;
    List<String> fields = new ArrayList<>();
    long rows = 0;
    while (csv.row(fields)) {
      rows++;
      csv.requireColumns(fields, columns);
    }
    Shape shape = StoredTensor.shape(List.of(rows, (long) columns));
    MemorySegment values = arena.allocate(Math.multiplyExact(rows, (long) columns * Double.BYTES), Double.BYTES);
    csv.position = from;
    csv.line = firstLine;
    long at = 0;
    while (csv.row(fields)) {
      for (String field : fields) {
        values.setAtIndex(ValueLayout.JAVA_DOUBLE, at++, csv.number(field, names.get((int) ((at - 1) % columns))));
      }
    }
    return new Contents(
        Map.of(Contents.NAMELESS, new StoredTensor(shape, () -> Tensor.ofMemory(values, DType.FLOAT64, shape))),
        Map.of("columns", List.copyOf(names)));
  }

  private static List<String> numbered(int columns) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      names.add(Integer.toString(i));
    }
    return names;
  }

  private static char separator(MemorySegment text) {
    CsvFile csv = new CsvFile(text, ',');
    String firstLine = csv.rawLine();
    for (char separator : new char[] {',', ';', '\t', ' '}) {
      if (firstLine.strip().indexOf(separator) >= 0) {
        return separator;
      }
    }
    return ',';
  }

  private String rawLine() {
    StringBuilder line = new StringBuilder();
    for (long i = position; i < text.byteSize() && line.length() < 1 << 16; i++) {
      char c = (char) (text.get(ValueLayout.JAVA_BYTE, i) & 0xFF);
      if (c == '\n' || c == '\r') {
        break;
      }
      line.append(c);
    }
    return line.toString();
  }

  /// The fields of the next line that is not empty; false at the end.
  private boolean row(List<String> fields) {
    fields.clear();
    while (position < text.byteSize() && fields.isEmpty()) {
      readLine(fields);
      line++;
      if (fields.size() == 1 && fields.getFirst().isEmpty()) {
        fields.clear();
      }
    }
    return !fields.isEmpty();
  }

  private void readLine(List<String> fields) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    boolean quoted = false;
    while (position < text.byteSize()) {
      int c = text.get(ValueLayout.JAVA_BYTE, position++);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\n' || c == '\r' && !quoted) {
        if (c == '\r' && position < text.byteSize() && text.get(ValueLayout.JAVA_BYTE, position) == '\n') {
          position++;
        }
        break;
      } else if (c == separator && !quoted) {
        if (separator != ' ' || field.size() > 0) {
          fields.add(text(field));
        }
      } else {
        field.write(c);
        if (field.size() > MAX_FIELD_CHARACTERS) {
          throw new IllegalArgumentException(
              "line %d has a field of more than %d characters".formatted(line, MAX_FIELD_CHARACTERS));
        }
      }
    }
    if (separator != ' ' || field.size() > 0) {
      fields.add(text(field));
    }
  }

  private static String text(ByteArrayOutputStream field) {
    String text = field.toString(StandardCharsets.UTF_8).strip();
    field.reset();
    return text;
  }

  private void requireColumns(List<String> fields, int columns) {
    if (fields.size() != columns) {
      throw new IllegalArgumentException(
          "line %d has %d columns, but the first has %d".formatted(line - 1, fields.size(), columns));
    }
  }

  private double number(String field, String column) {
    if (!isNumber(field)) {
      throw new IllegalArgumentException(
          "line %d has '%s' in column %s, which is not a number"
              .formatted(line - 1, field.length() <= 40 ? field : field.substring(0, 40) + "...", column));
    }
    return isMissing(field) ? Double.NaN : Double.parseDouble(field);
  }

  private static boolean isMissing(String field) {
    return field.isEmpty() || field.equalsIgnoreCase("na") || field.equalsIgnoreCase("nan");
  }

  private static boolean isNumber(String field) {
    if (isMissing(field)) {
      return true;
    }
    for (int i = 0; i < field.length(); i++) {
      if ("0123456789+-.eE".indexOf(field.charAt(i)) < 0) {
        return false;
      }
    }
    try {
      Double.parseDouble(field);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
