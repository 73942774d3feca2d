package org.teenygrad.train;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.RegularFile;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.FileException;

/// A table of numbers that grows by a row at a time, as a CSV file with a header (RFC 4180, lines
/// end with `\n`).
///
/// The first column is the iteration. A row is with the operating system when [#append] returns, so
/// that a killed run keeps its log.
public final class CsvLog implements AutoCloseable {
  private static final Pattern NUMBER = Pattern.compile("NaN|-?(Infinity|[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?)");

  private final Path file;
  private final int columns;
  private final @Nullable Path setAside;
  private final BufferedWriter writer;

  private CsvLog(Path file, int columns, @Nullable Path setAside, BufferedWriter writer) {
    this.file = file;
    this.columns = columns;
    this.setAside = setAside;
    this.writer = writer;
  }

  /// Begins a log, replacing an old one.
  /// @throws FileException if the file cannot be written
  public static CsvLog create(Path file, String... columns) {
    return begin(file, line((Object[]) columns), columns.length, null);
  }

  /// Goes on with the log of an interrupted run: keeps the rows before `iteration`, which is about to be done (again).
  /// A file with anything else than rows of numbers in these columns, but for a last one that was cut off by a kill, is
  /// renamed: see [#setAside()].
  /// @throws FileException if the file cannot be written
  public static CsvLog resume(Path file, long iteration, String... columns) {
    var header = line((Object[]) columns);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return begin(file, header, columns.length, null);
    }
    var kept = new StringBuilder(header);
    boolean isSound = keep(file, iteration, columns.length, kept);
    return begin(file, kept.toString(), columns.length, isSound ? null : setAside(file));
  }

  /// Collects the rows before an iteration behind the header; false if something else is there, too.
  private static boolean keep(Path file, long iteration, int columns, StringBuilder kept) {
    String text;
    try {
      text = new String(RegularFile.read(file, RegularFile.LONGEST), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return false;
    }
    if (!text.startsWith(kept.toString())) {
      return false;
    }
    boolean isSound = true;
    int begin = kept.length();
    for (int end = text.indexOf('\n', begin); end >= 0; end = text.indexOf('\n', begin)) {
      String row = text.substring(begin, end);
      if (!isRow(row, columns)) {
        isSound = false;
      } else if (Long.parseLong(row.substring(0, row.indexOf(','))) < iteration) {
        kept.append(row).append('\n');
      }
      begin = end + 1;
    }
    return isSound;
  }

  private static boolean isRow(String row, int columns) {
    var cells = row.split(",", -1);
    return cells.length == columns && columns > 1 && cells[0].matches("\\d{1,18}")
        && Arrays.stream(cells).allMatch(cell -> cell.isEmpty() || NUMBER.matcher(cell).matches());
  }

  /// Renames a file to the first free of `NAME.damaged`, `NAME.damaged-2`...
  private static Path setAside(Path file) {
    try {
      for (int i = 1; ; i++) {
        Path other = file.resolveSibling(file.getFileName() + (i == 1 ? ".damaged" : ".damaged-" + i));
        if (!Files.exists(other, LinkOption.NOFOLLOW_LINKS)) {
          return Files.move(file, other);
        }
      }
    } catch (IOException e) {
      throw FileException.cannotWrite(file, e);
    }
  }

  /// What a damaged log that was there is called now, so that this one could begin; null if there was none.
  public @Nullable Path setAside() {
    return setAside;
  }

  private static CsvLog begin(Path file, String content, int columns, @Nullable Path setAside) {
    AtomicFiles.write(file, content);
    try {
      return new CsvLog(file, columns, setAside, Files.newBufferedWriter(file, StandardOpenOption.APPEND));
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

  /// @throws FileException if what is left cannot be written
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
