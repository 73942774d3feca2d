package org.teenygrad.state;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The bytes of a file, mapped into memory: what nobody looks at is not read. Valid until closed.
///
/// @param arena lives as long as the mapping; readers put there what they unpack
record MappedFile(Path path, MemorySegment bytes, Arena arena) implements AutoCloseable {

  /// @throws FileException if it cannot be read
  static MappedFile open(Path path) {
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
