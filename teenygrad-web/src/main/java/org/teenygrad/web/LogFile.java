package org.teenygrad.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A log that grows while it is read: whole lines, from where the last reading ended.
final class LogFile {
  private static final int MOST_BYTES = 1 << 20;

  private final Path path;
  private long offset;
  private String header = "";

  LogFile(Path path) {
    this.path = path;
  }

  /// What has been added.
  ///
  /// @param columns names of the columns
  /// @param isNew whether the log begins anew: what was read of it before counts no more
  /// @param lines rows as they are written
  record Added(List<String> columns, boolean isNew, List<String> lines) {}

  /// Whole lines that have come since the last call, a megabyte of them at most; none if there are none yet.
  /// @throws IOException if the file cannot be read
  Added read() throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      boolean isNew = offset == 0 || file.size() < offset;
      offset = isNew ? 0 : offset;
      ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(MOST_BYTES, file.size() - offset));
      while (buffer.hasRemaining() && file.read(buffer, offset + buffer.position()) > 0) {
        // until it is full
      }
      String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
      int end = text.lastIndexOf('\n') + 1; // what follows is still being written
      List<String> lines = text.substring(0, end).lines().toList();
      offset += end;
      if (isNew && !lines.isEmpty()) {
        header = lines.getFirst();
        lines = lines.subList(1, lines.size());
      }
      return new Added(List.of(header.split(",", -1)), isNew && end > 0, lines);
    }
  }
}
