package org.teenygrad.web.cells;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Lines of a stream that somebody else writes, none longer than a limit.
final class LimitedLines {
  private final InputStream stream;
  private final int mostBytes;

  LimitedLines(InputStream stream, int mostBytes) {
    this.stream = new BufferedInputStream(stream, 1 << 16);
    this.mostBytes = mostBytes;
  }

  /// The next line; null at the end.
  /// @throws IOException if it is too long, or cannot be read
  @Nullable String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = stream.read(); b >= 0; b = stream.read()) {
      if (b == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      if (line.size() == mostBytes) {
        throw new IOException("a line of more than " + mostBytes + " bytes");
      }
      line.write(b);
    }
    return null;
  }
}
