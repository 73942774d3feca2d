package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// A table of text, CSV say, whose columns are numbers or text, as tensors; pandas' `read_csv`.
///
/// ```java
/// CsvTable penguins = CsvTable.read(folder.resolve("penguins.csv"));
/// Tensor x = penguins.numbers("bill_length_mm", "body_mass_g");   // float64 (rows, 2)
/// Tensor y = penguins.codes("species");                           // int64 (rows)
/// List<String> species = penguins.categories("species");          // [Adelie, Chinstrap, Gentoo]
/// ```
/// Commas, semicolons, tabs or spaces stand between the columns, and fields may be in quotes. A column whose first value
/// is a number has only numbers; any other is text, each of whose values is a category. What is missing (an empty
/// field, `NA`, `N/A`, `NaN`, `null`, `None`) is NaN among numbers and -1 among codes. The file may be packed by gzip.
public final class CsvTable {
  private static final String KIND = "a table";

  private final List<String> columns;
  private final int rows;
  private final double[] values;
  private final Map<Integer, List<String>> categories;

  /// @param values row after row, text as places in its categories
  CsvTable(List<String> columns, int rows, double[] values, Map<Integer, List<String>> categories) {
    this.columns = List.copyOf(columns);
    this.rows = rows;
    this.values = values;
    this.categories = Map.copyOf(categories);
  }

  /// A table whose first line is the columns' names, unless all of it is numbers.
  /// @throws FileException if it cannot be read, is no table, or begins with numbers and text: see [#withHeader] and
  ///     [#withoutHeader]
  public static CsvTable read(Path path) {
    return read(path, null);
  }

  /// A table whose first line is the columns' names.
  /// @throws FileException if it cannot be read, or is no table
  public static CsvTable withHeader(Path path) {
    return read(path, true);
  }

  /// A table whose first line is values already: the columns are called 0, 1, 2...
  /// @throws FileException if it cannot be read, or is no table
  public static CsvTable withoutHeader(Path path) {
    return read(path, false);
  }

  private static CsvTable read(Path path, @Nullable Boolean hasHeader) {
    return MappedFile.read(path, file -> {
      try {
        return read(GzipFile.isGzip(file.bytes()) ? GzipFile.unpackText(file) : file.bytes(), hasHeader);
      } catch (IllegalArgumentException e) {
        throw FileException.malformed(path, KIND, String.valueOf(e.getMessage()));
      }
    });
  }

  /// @param hasHeader null if the first line has to tell
  /// @throws IllegalArgumentException if it is no table
  static CsvTable read(MemorySegment text, @Nullable Boolean hasHeader) {
    CsvLines lines = CsvLines.of(text);
    List<String> fields = new ArrayList<>();
    if (!lines.next(fields)) {
      throw new IllegalArgumentException("it is empty");
    }
    boolean isHeader = hasHeader != null ? hasHeader : isHeader(fields);
    CsvColumns columns = new CsvColumns(names(fields, isHeader));
    if (!isHeader) {
      columns.addRow(fields, lines.line());
    }
    while (lines.next(fields)) {
      columns.addRow(fields, lines.line());
    }
    return columns.table();
  }

  private static boolean isHeader(List<String> fields) {
    long numbers = fields.stream().filter(field -> !CsvColumns.isMissing(field) && CsvColumns.isNumber(field)).count();
    long texts = fields.stream().filter(field -> !CsvColumns.isMissing(field) && !CsvColumns.isNumber(field)).count();
    if (numbers > 0 && texts > 0) {
      throw new IllegalArgumentException(
          "its first line has numbers and text, which may be names or values:"
              + " CsvTable.withHeader or CsvTable.withoutHeader say which");
    }
    return texts > 0;
  }

  private static List<String> names(List<String> fields, boolean isHeader) {
    return IntStream.range(0, fields.size())
        .mapToObj(i -> isHeader && !fields.get(i).isEmpty() ? fields.get(i) : Integer.toString(i)).toList();
  }

  /// The columns' names, in their order. Those that have none are called by their number, from 0 on.
  public List<String> columns() {
    return columns;
  }

  /// The number of rows, without the names.
  public int rows() {
    return rows;
  }

  /// Whether a column is text.
  /// @throws IllegalArgumentException if there is no such column
  public boolean isText(String column) {
    return categories.containsKey(index(column));
  }

  /// Columns of numbers: float64 (rows, columns), NaN where a number is missing.
  /// @throws IllegalArgumentException if there is no such column, or it is text
  public Tensor numbers(String... names) {
    int[] indices = Stream.of(names).mapToInt(this::index).toArray();
    for (int index : indices) {
      if (categories.containsKey(index)) {
        throw new IllegalArgumentException("the column " + columns.get(index) + " is text: codes has its categories");
      }
    }
    double[] picked = new double[Math.multiplyExact(rows, indices.length)];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = values[i / indices.length * columns.size() + indices[i % indices.length]];
    }
    return Tensor.of(picked, rows, indices.length);
  }

  /// A column of text as numbers of its [#categories]: int64 (rows), -1 where it is missing.
  /// @throws IllegalArgumentException if there is no such column, or it is numbers
  public Tensor codes(String column) {
    requireText(column);
    int index = index(column);
    long[] codes = new long[rows];
    for (int row = 0; row < rows; row++) {
      double code = values[row * columns.size() + index];
      codes[row] = Double.isNaN(code) ? -1 : (long) code;
    }
    return Tensor.of(codes, rows);
  }

  /// The different values of a column of text, sorted.
  /// @throws IllegalArgumentException if there is no such column, or it is numbers
  public List<String> categories(String column) {
    return requireText(column);
  }

  private List<String> requireText(String column) {
    List<String> known = categories.get(index(column));
    if (known == null) {
      throw new IllegalArgumentException("the column " + column + " is numbers, which have no categories");
    }
    return known;
  }

  private int index(String column) {
    int index = columns.indexOf(column);
    if (index < 0 || columns.lastIndexOf(column) != index) {
      throw new IllegalArgumentException(
          (index < 0 ? "there is no column " : "there are two columns ") + column + ", only " + columns);
    }
    return index;
  }

  /// The whole table as one tensor (rows, columns), text as codes.
  /// @throws IllegalArgumentException if there are no rows or no numbers in it: any text looks like such a table
  Contents contents() {
    if (rows == 0) {
      throw new IllegalArgumentException("it has names of columns, but no rows");
    }
    if (categories.size() == columns.size()) {
      throw new IllegalArgumentException("it has no column of numbers");
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("columns", columns);
    for (int column = 0; column < columns.size(); column++) {
      if (categories.get(column) instanceof List<String> texts) {
        metadata.put("categories." + columns.get(column), texts);
      }
    }
    Shape shape = Shape.of(rows, columns.size());
    return new Contents(
        Map.of(Contents.NAMELESS, new StoredTensor(shape, () -> Tensor.of(values, rows, columns.size()))), metadata);
  }
}
