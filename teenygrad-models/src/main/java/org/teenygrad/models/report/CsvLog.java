package org.teenygrad.models.report;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.FileException;

/// A table of numbers that grows by a row at a time, as a CSV file with a header (RFC 4180, lines
/// end with `\n`).
///
/// The first column is the iteration. A row is with the operating system when [#append] returns, so
/// that a killed run keeps its log.
public final class CsvLog implements AutoCloseable {

  private final Path file;
  private final int columns;
  private final BufferedWriter writer;

  private CsvLog(Path file, int columns, BufferedWriter writer) {
    this.file = file;
    this.columns = columns;
    this.writer = writer;
  }

  /// Begins a log, replacing an old one.
  /// @throws FileException if the file cannot be written
  public static CsvLog create(Path file, String... columns) {
    return begin(file, line((Object[]) columns), columns.length);
  }

  /// Goes on with the log of an interrupted run: keeps the rows before `iteration`, which is about
  /// to be done (again). Without such a file, or with one of other columns, begins a new log.
  /// @throws FileException if the file cannot be read or written
  public static CsvLog resume(Path file, long iteration, String... columns) {
    var header = line((Object[]) columns);
    if (!Files.exists(file)) {
      return begin(file, header, columns.length);
    }
    try (var lines = Files.lines(file)) {
      var rows = lines.toList();
      if (rows.isEmpty() || !header.equals(rows.getFirst() + "\n")) {
        return begin(file, header, columns.length);
      }
      var kept = rows.stream().skip(1).filter(row -> isBefore(iteration, row, columns.length)).map(row -> row + "\n");
      return begin(file, header + kept.collect(Collectors.joining()), columns.length);
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    }
  }

  /// A row cut off by a kill is not kept.
  private static boolean isBefore(long iteration, String row, int columns) {
    var cells = row.split(",", -1);
    return cells.length == columns && cells[0].matches("\\d{1,18}") && Long.parseLong(cells[0]) < iteration;
  }

  private static CsvLog begin(Path file, String content, int columns) {
    AtomicFiles.write(file, content);
    try {
      return new CsvLog(file, columns, Files.newBufferedWriter(file, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw FileException.cannotWrite(file, e);
    }
  }

  /// Adds a row; numbers are written as Java writes them, an empty string leaves its cell empty.
  /// @throws IllegalArgumentException if there is not one cell a column
  /// @throws FileException if the row cannot be written
  public void append(Object... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException("a row of " + cells.length + " cells in a log of " + columns + " columns");
    }
    try {
      writer.write(line(cells));
      writer.flush();
    } catch (IOException e) {
      throw FileException.cannotWrite(file, e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw FileException.cannotWrite(file, e);
    }
  }

  private static String line(Object... cells) {
    return Arrays.stream(cells).map(cell -> quoted(cell.toString())).collect(Collectors.joining(",", "", "\n"));
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\n\r].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }
}
