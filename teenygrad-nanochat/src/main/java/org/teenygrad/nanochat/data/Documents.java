package org.teenygrad.nanochat.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The documents of files, one after the other; only one is in memory.
///
/// | file | documents |
/// | --- | --- |
/// | `.parquet` | the column `text`; compressed by zstd, gzip or not |
/// | `.jsonl` | an object a line, whose `text` is the document |
/// | `.txt` | paragraphs, with empty lines between them |
///
/// The last two may be compressed, `.gz` or `.zst`. A folder stands for its files, by name.
///
/// ```java
/// try (Documents documents = Documents.of(List.of(Path.of("corpus")))) {
///   documents.forEachRemaining(System.out::println);
/// }
/// ```
public final class Documents implements Iterator<String>, AutoCloseable {
  private final Iterator<Path> files;
  private @Nullable DocumentFile open;
  private Path file = Path.of("");
  private @Nullable String next;

  private Documents(List<Path> files) {
    this.files = files.iterator();
  }

  /// @throws IllegalArgumentException if there is no file, or one is of another kind
  /// @throws UncheckedIOException if a folder cannot be listed
  public static Documents of(List<Path> paths) {
    return new Documents(files(paths));
  }

  /// The files that documents are read from, in this order.
  /// @throws IllegalArgumentException if there is no file, or one is of another kind
  /// @throws UncheckedIOException if a folder cannot be listed
  public static List<Path> files(List<Path> paths) {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> inside = Files.list(path)) {
          inside.filter(DocumentFile::isReadable).sorted().forEach(files::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      } else if (!Files.exists(path)) {
        throw new IllegalArgumentException("there is no file " + path);
      } else if (!DocumentFile.isReadable(path)) {
        throw new IllegalArgumentException(path + " is of a kind that cannot be read: there are .parquet, .txt, .jsonl, and .gz and .zst of the last two");
      } else {
        files.add(path);
      }
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException("there are no .parquet, .txt or .jsonl files in " + paths);
    }
    return files;
  }

  /// @throws IllegalArgumentException if a line is not what it should be; says which
  /// @throws UncheckedIOException if a file cannot be read
  @Override
  public boolean hasNext() {
    try {
      while (next == null && (open != null || files.hasNext())) {
        next = opened().read();
        if (next == null) {
          close();
        }
      }
      return next != null;
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }

  private DocumentFile opened() throws IOException {
    DocumentFile known = open;
    if (known != null) {
      return known;
    }
    file = files.next();
    DocumentFile opened = DocumentFile.open(file);
    open = opened;
    return opened;
  }

  @Override
  public String next() {
    String document = hasNext() ? next : null;
    if (document == null) {
      throw new NoSuchElementException("there are no more documents");
    }
    next = null;
    return document;
  }

  @Override
  public void close() {
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open = null;
  }
}
