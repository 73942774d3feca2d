package org.teenygrad.nanochat.data;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// Text files that may be compressed.
final class TextFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private TextFiles() {}

  /// The name without `.gz` or `.zst`.
  static String bareName(Path file) {
    String name = file.toString();
    return name.endsWith(".gz") || name.endsWith(".zst") ? name.substring(0, name.lastIndexOf('.')) : name;
  }

  /// Reads UTF-8, and throws a [java.nio.charset.CharacterCodingException] where it is not.
  static BufferedReader open(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    try {
      return new BufferedReader(new InputStreamReader(plain(file.toString(), bytes), StandardCharsets.UTF_8.newDecoder()), BUFFER_BYTES);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private static InputStream plain(String name, InputStream bytes) throws IOException {
    if (name.endsWith(".gz")) {
      return new GZIPInputStream(bytes, BUFFER_BYTES);
    }
    return name.endsWith(".zst") ? new ZstdInputStream(bytes) : bytes;
  }
}
