package org.teenygrad.nanochat.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;

/// A file of paragraphs, `.txt`, or of JSON objects with a `text`, `.jsonl`.
final class TextFile implements DocumentFile {
  private final Path file;
  private final BufferedReader reader;
  private int line;

  TextFile(Path file, BufferedReader reader) {
    this.file = file;
    this.reader = reader;
  }

  @Override
  public @Nullable String read() throws IOException {
    try {
      return TextFiles.bareName(file).endsWith(".txt") ? paragraph() : jsonLine();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is not UTF-8 after line " + line, e);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private @Nullable String readLine() throws IOException {
    String read = reader.readLine();
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
