package org.teenygrad.nanochat.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;

/// The documents of files, one after the other; only one is in memory.
///
/// `.jsonl`: an object a line, whose `text` is the document. `.txt`: paragraphs, with empty lines between them, are documents. Each may be
/// compressed: `.gz`. A folder stands for its files, by name.
///
/// ```java
/// try (Documents documents = Documents.of(List.of(Path.of("corpus")))) {
///   documents.forEachRemaining(System.out::println);
/// }
/// ```
public final class Documents implements Iterator<String>, AutoCloseable {
  private final Iterator<Path> files;
  private @Nullable BufferedReader reader;
  private Path file = Path.of("");
  private int line;
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
          inside.filter(Documents::isReadable).sorted().forEach(files::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      } else if (!Files.exists(path)) {
        throw new IllegalArgumentException("there is no file " + path);
      } else if (!isReadable(path)) {
        throw new IllegalArgumentException(path + " is of a kind that cannot be read: there are .txt, .jsonl, and .gz of them");
      } else {
        files.add(path);
      }
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException("there are no .txt or .jsonl files in " + paths);
    }
    return files;
  }

  private static boolean isReadable(Path path) {
    String name = TextFiles.bareName(path);
    return name.endsWith(".txt") || name.endsWith(".jsonl");
  }

  /// @throws IllegalArgumentException if a line is not what it should be; says which
  /// @throws UncheckedIOException if a file cannot be read
  @Override
  public boolean hasNext() {
    try {
      while (next == null && (reader != null || open())) {
        next = TextFiles.bareName(file).endsWith(".txt") ? paragraph() : jsonLine();
        if (next == null) {
          close();
        }
      }
      return next != null;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is not UTF-8 after line " + line, e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
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
      if (reader != null) {
        reader.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reader = null;
  }

  private boolean open() throws IOException {
    if (!files.hasNext()) {
      return false;
    }
    file = files.next();
    line = 0;
    reader = TextFiles.open(file);
    return true;
  }

  private @Nullable String readLine() throws IOException {
    String read = reader == null ? null : reader.readLine();
    if (read != null) {
      line++;
    }
    return read;
  }

  private @Nullable String paragraph() throws IOException {
    StringBuilder paragraph = new StringBuilder();
    for (String read = readLine(); read != null; read = readLine()) {
      if (!read.isBlank()) {
        paragraph.append(paragraph.isEmpty() ? "" : "\n").append(read);
      } else if (!paragraph.isEmpty()) {
        break;
      }
    }
    return paragraph.isEmpty() ? null : paragraph.toString();
  }

  private @Nullable String jsonLine() throws IOException {
    String read = readLine();
    while (read != null && read.isBlank()) {
      read = readLine();
    }
    try {
      return read == null ? null : Json.string(Json.object(read), "text");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ", line " + line + ": " + e.getMessage(), e);
    }
  }
}
