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

  private final boolean hasHeader;

  private LogFile(Path path, boolean hasHeader) {
    this.path = path;
    this.hasHeader = hasHeader;
  }

  /// A log whose first line names its columns.
  static LogFile withHeader(Path path) {
    return new LogFile(path, true);
  }

  /// A log of lines that are all alike.
  static LogFile withoutHeader(Path path) {
    return new LogFile(path, false);
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
      int end = buffer.position();
      while (end > 0 && buffer.get(end - 1) != '\n') {
        end--; // what follows is still being written
      }
      List<String> lines = new String(buffer.array(), 0, end, StandardCharsets.UTF_8).lines().toList();
      offset += end;
      if (hasHeader && isNew && !lines.isEmpty()) {
        header = lines.getFirst();
        lines = lines.subList(1, lines.size());
      }
      return new Added(List.of(header.split(",", -1)), isNew && end > 0, lines);
    }
  }
}
