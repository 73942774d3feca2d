package org.teenygrad.state;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.teenygrad.engine.runtime.RegularFile;

/// The bytes of a file, mapped into memory: what nobody looks at is not read. Valid until closed.
///
/// @param arena lives as long as the mapping; readers put there what they unpack
record MappedFile(Path path, FileChannel channel, MemorySegment bytes, Arena arena) implements AutoCloseable {

  /// What a reader makes of a file, which is closed if the reader throws.
  /// @throws FileException if it cannot be read
  static <T> T open(Path path, Function<MappedFile, T> reader) {
    MappedFile file = open(path);
    try {
      return file.reading(() -> reader.apply(file));
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  /// As [#open], and closes the file in any case.
  static <T> T read(Path path, Function<MappedFile, T> reader) {
    try (MappedFile file = open(path)) {
      return file.reading(() -> reader.apply(file));
    }
  }

  private static MappedFile open(Path path) {
    try {
      FileChannel channel = RegularFile.open(path);
      Arena arena = Arena.ofShared();
      try {
        MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        return new MappedFile(path, channel, bytes, arena);
      } catch (Throwable e) {
        arena.close();
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw FileException.cannotRead(path, e);
    }
  }

  /// What a reader makes of the bytes.
  /// @throws FileException if the file is closed, or has become shorter: what is missing of a mapping's last page reads as
  ///     zeros, and what is missing beyond is an InternalError
  <T> T reading(Supplier<T> reader) {
    try {
      T result = reader.get();
      requireLength();
      return result;
    } catch (InternalError e) {
      requireLength();
      throw e;
    } catch (IllegalStateException e) {
      throw arena.scope().isAlive() ? e : FileException.closed(path);
    }
  }

  private void requireLength() {
    try {
      long now = channel.size();
      if (now < bytes.byteSize()) {
        throw FileException.shrunk(path, bytes.byteSize(), now);
      }
    } catch (ClosedChannelException e) {
      // An interrupt of this thread closes channels. The mapping stays.
    } catch (IOException e) {
      throw FileException.cannotRead(path, e);
    }
  }

  /// A second call does nothing.
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw FileException.cannotRead(path, e);
    }
  }
}
