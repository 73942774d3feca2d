package org.teenygrad.nanochat.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// An open file of documents.
interface DocumentFile extends Closeable {
  /// The next document; null if there is none.
  /// @throws IllegalArgumentException if it is not what it should be; says where
  @Nullable String read() throws IOException;

  /// Whether a file's name says that it has documents.
  static boolean isReadable(Path file) {
    String name = TextFiles.bareName(file);
    return name.endsWith(".txt") || name.endsWith(".jsonl") || file.toString().endsWith(".parquet");
  }

  static DocumentFile open(Path file) throws IOException {
    return file.toString().endsWith(".parquet") ? ParquetFile.open(file) : new TextFile(file, TextFiles.open(file));
  }
}
