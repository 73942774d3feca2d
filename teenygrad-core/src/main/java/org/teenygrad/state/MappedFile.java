package org.teenygrad.state;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;

/// The bytes of a file, mapped into memory: what nobody looks at is not read. Valid until closed.
///
/// @param arena lives as long as the mapping; readers put there what they unpack
record MappedFile(Path path, MemorySegment bytes, Arena arena) implements AutoCloseable {

  /// What a reader makes of a file, which is closed if the reader throws.
  /// @throws FileException if it cannot be read
  static <T> T open(Path path, Function<MappedFile, T> reader) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw FileException.malformed(
          path, "a tensor file", Files.isDirectory(path) ? "it is a directory" : "it is a device or a pipe");
    }
    MappedFile file = open(path);
    try {
      return reader.apply(file);
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  private static MappedFile open(Path path) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new MappedFile(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), arena);
    } catch (IOException e) {
      arena.close();
      throw FileException.cannotRead(path, e);
    }
  }

  /// A second call does nothing.
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
