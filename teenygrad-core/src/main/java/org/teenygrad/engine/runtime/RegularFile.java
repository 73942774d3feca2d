package org.teenygrad.engine.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Locale;

/// Opens what is a file: a pipe nobody writes to would be waited for, and a device may never end.
///
/// Whoever reads a path that a user, or another file, has named opens it here.
public final class RegularFile {
  /// The longest array.
  public static final int LONGEST = Integer.MAX_VALUE - 8;

  private RegularFile() {}

  /// Opens a file to read it. Links are followed.
  /// @throws IOException if there is none, or something else
  public static FileChannel open(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(
          path.toString(), null, attributes.isDirectory() ? "it is a directory" : "it is a device or a pipe");
    }
    return FileChannel.open(path, StandardOpenOption.READ);
  }

  /// All bytes of a file.
  /// @param limit how many there may be
  /// @throws IOException if there are more, or it cannot be read
  public static byte[] read(Path path, int limit) throws IOException {
    try (FileChannel channel = open(path)) {
      long size = channel.size();
      if (size > limit) {
        throw new FileSystemException(
            path.toString(), null, String.format(Locale.ROOT, "it has %d bytes, more than %d", size, limit));
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) size);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // a read may stop before the end
      }
      return Arrays.copyOf(bytes.array(), bytes.position());
    }
  }
}
