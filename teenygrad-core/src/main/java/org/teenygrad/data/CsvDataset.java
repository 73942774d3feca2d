package org.teenygrad.data;

import java.nio.file.Path;
import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.state.CsvTable;

/// The rows of a table as examples.
///
/// ```java
/// var penguins = CsvDataset.of(folder.resolve("penguins.csv"), "species");
/// penguins.get(2).inputs().toFloatArray();   // [46.1, 4500.0]
/// penguins.classes();                        // [Adelie, Chinstrap, Gentoo]
/// ```
/// @param rows inputs and targets of all rows
/// @param inputNames the columns that the inputs come from
/// @param classes what the targets mean where they are classes; else empty
public record CsvDataset(Dataset rows, List<String> inputNames, List<String> classes) implements Dataset {
  public CsvDataset {
    inputNames = List.copyOf(inputNames);
    classes = List.copyOf(classes);
  }

  /// As [#of(CsvTable, String)], from a file.
  /// @throws org.teenygrad.state.FileException if it cannot be read, or is no table
  public static CsvDataset of(Path file, String target) {
    return of(CsvTable.read(file), target);
  }

  /// One column is the target: float32 if it is numbers, the int64 of a class if it is text. All other columns of numbers are the
  /// inputs, float32 (columns).
  /// @throws IllegalArgumentException if there is no such column, or no other one of numbers
  public static CsvDataset of(CsvTable table, String target) {
    boolean isText = table.isText(target);
    List<String> inputs = table.columns().stream().filter(column -> !column.equals(target) && !table.isText(column)).toList();
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("the table has no column of numbers but " + target + ": " + table.columns());
    }
    Dataset rows = Dataset.of(
        table.numbers(inputs.toArray(String[]::new)).cast(DType.FLOAT32),
        isText ? table.codes(target) : table.numbers(target).select(1, 0).cast(DType.FLOAT32));
    return new CsvDataset(rows, inputs, isText ? table.categories(target) : List.of());
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public Example get(int index) {
    return rows.get(index);
  }
}
