package org.teenygrad.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.teenygrad.state.FileException;

/// Keeps a second training out of a folder. The operating system holds the lock for this process, and gives it up when the
/// process ends, however it ends; the file `.lock` stays and means nothing by itself.
final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /// @throws FileException if another training has the lock, or there cannot be one
  static FolderLock of(Path folder) {
    Path file = folder.resolve(".lock");
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new FileSystemException(file.toString(), null, "it is not a regular file");
      }
      FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (!lock(channel, folder)) {
          throw new FileSystemException(
              folder.toString(), null, "another training writes there; wait for its end, or name another folder");
        }
        return new FolderLock(channel);
      } catch (Throwable e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw FileException.cannotWrite(folder, e);
    }
  }

  /// False if another process, or another training of this one, has the lock.
  private static boolean lock(FileChannel channel, Path folder) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      System.getLogger("org.teenygrad.training").log(
          System.Logger.Level.WARNING,
          "The file system of {0} has no locks ({1}): take care that only one training writes there.",
          folder, e.getMessage());
      return true;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException(e); // nothing was written that could be lost
    }
  }
}
