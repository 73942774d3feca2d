package org.teenygrad.nanochat.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.teenygrad.nanochat.json.Json;

/// Files with a JSON object on each line, compressed or not (`.gz`). Empty lines are left out.
///
/// ```java
/// List<Conversation> conversations = JsonLines.read(Path.of("conversations.jsonl"), Conversation::of);
/// ```
public final class JsonLines {
  private JsonLines() {}

  /// What `make` makes of each object.
  /// @param make throws an [IllegalArgumentException] for an object that is not what it should be
  /// @throws IllegalArgumentException if there is no file, no object in it, or a line is not what it should be; says which
  /// @throws UncheckedIOException if the file cannot be read
  public static <T> List<T> read(Path file, Function<Map<String, Object>, T> make) {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException("there is no file " + file);
    }
    List<T> made = new ArrayList<>();
    int line = 0;
    try (BufferedReader reader = TextFiles.open(file)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          made.add(make.apply(Json.object(text)));
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ", line " + line + ": " + e.getMessage(), e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is not UTF-8 after line " + line, e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
    if (made.isEmpty()) {
      throw new IllegalArgumentException(file + " is empty");
    }
    return made;
  }
}
