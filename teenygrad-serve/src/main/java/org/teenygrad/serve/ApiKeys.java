package org.teenygrad.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.state.FileException;

/// The keys that clients show. Only their hashes are kept, and each call is compared with all of them, so that how long it takes
/// says nothing.
///
/// @param entries none where no key is wanted
record ApiKeys(List<Entry> entries) {
  private static final int SHORTEST = 16;

  /// @param name what logs and limits call who has it
  record Entry(byte[] hash, String name) {}

  static final ApiKeys NONE = new ApiKeys(List.of());

  /// Reads `KEY [NAME]` a line; `#` begins a comment.
  /// @throws IllegalArgumentException if there is no key, or one is too short to be none to guess
  /// @throws FileException if the file cannot be read
  static ApiKeys read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    }
    List<Entry> entries = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", 2);
      if (!words[0].isEmpty() && !words[0].startsWith("#")) {
        if (words[0].length() < SHORTEST) {
          throw new IllegalArgumentException("a key must have " + SHORTEST + " characters or more: line " + (lines.indexOf(line) + 1) + " of " + file);
        }
        entries.add(new Entry(hash(words[0]), words.length > 1 ? words[1] : "key" + (entries.size() + 1)));
      }
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("there is no key in " + file);
    }
    return new ApiKeys(entries);
  }

  /// Whose key a header shows; null for nobody's.
  /// @param authorization `Bearer KEY`
  @Nullable String name(@Nullable String authorization) {
    byte[] shown = hash(authorization == null ? "" : authorization.replaceFirst("^(?i)bearer +", ""));
    String name = null;
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(shown, entry.hash)) {
        name = entry.name;
      }
    }
    return name;
  }

  private static byte[] hash(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every Java has it
    }
  }
}
