package org.teenygrad.nanochat.data;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ParquetFileReader;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A Parquet file whose column `text` has a document a row. Only that column is read. Rows without a text are left out.
final class ParquetFile implements DocumentFile {
  private static final String COLUMN = "text";

  private final Path file;
  private final ParquetFileReader reader;
  private final ColumnReader column;
  private @Nullable String[] batch = new String[0];
  private int next;

  private ParquetFile(Path file, ParquetFileReader reader, ColumnReader column) {
    this.file = file;
    this.reader = reader;
    this.column = column;
  }

  /// @throws IllegalArgumentException if it is not Parquet, or has no such column
  static ParquetFile open(Path file) throws IOException {
    ParquetFileReader reader;
    try {
      reader = ParquetFileReader.open(InputFile.of(file));
    } catch (RuntimeException e) {
      throw unreadable(file, e);
    }
    try {
      return new ParquetFile(file, reader, reader.columnReader(COLUMN));
    } catch (RuntimeException e) {
      reader.close();
      throw unreadable(file, e);
    }
  }

  private static IllegalArgumentException unreadable(Path file, RuntimeException problem) {
    return new IllegalArgumentException(
        file + " cannot be read as Parquet with strings in a column \"" + COLUMN + "\": " + problem.getMessage(), problem);
  }

  @Override
  public @Nullable String read() {
    try {
      while (true) {
        while (next < batch.length) {
          String text = batch[next++];
          if (text != null) {
            return text;
          }
        }
        if (!column.nextBatch()) {
          return null;
        }
        batch = column.getStrings();
        next = 0;
      }
    } catch (RuntimeException e) {
      throw unreadable(file, e);
    }
  }

  @Override
  public void close() throws IOException {
    column.close();
    reader.close();
  }
}
