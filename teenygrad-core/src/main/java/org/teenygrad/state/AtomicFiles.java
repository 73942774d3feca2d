package org.teenygrad.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// Replaces whole files so that a reader sees the old content or the new one, never a part.
///
/// The content goes to a temporary file in the same folder, is forced to the disk, and is renamed
/// over the target. A process killed in between leaves the target as it was, and a temporary file
/// `.NAME.<hex>.tmp` that a later write of the same target removes once nothing has written to it
/// for an hour. A target that is a symbolic link stays one. Folders are not created.
public final class AtomicFiles {

  private static final Duration ABANDONED = Duration.ofHours(1);

  private AtomicFiles() {}

  /// Writes a file's content to a channel, from its first byte to its last.
  @FunctionalInterface
  public interface Content {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  /// Replaces `target` by `text` in UTF-8.
  ///
  /// @throws FileException if the file cannot be written; the old content, if any, is then still
  ///   there
  public static void write(Path target, String text) {
    write(target, channel -> writeFully(channel, StandardCharsets.UTF_8.encode(text)));
  }

  /// Replaces `target` by what `content` writes. If `content` throws, the target stays as it was.
  ///
  /// @throws FileException if the file cannot be written; the old content, if any, is then still
  ///   there
  public static void write(Path target, Content content) {
    try {
      var file =
          Files.isSymbolicLink(target) && Files.exists(target)
              ? target.toRealPath()
              : target.toAbsolutePath();
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new IOException(
            Files.isDirectory(file) ? "it is a directory" : "it is not a regular file");
      }
      replace(file, content);
    } catch (IOException e) {
      var outcome =
          Files.exists(target) ? "what was there before is unchanged" : "nothing was written";
      throw FileException.cannotWrite(target, e, outcome);
    }
  }

  private static void replace(Path file, Content content) throws IOException {
    removeAbandoned(file);
    var temporary =
        file.resolveSibling(
            prefix(file) + String.format(Locale.ROOT, "%016x.tmp", ThreadLocalRandom.current().nextLong()));
    try {
      try (var channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (Throwable failure) {
      Files.deleteIfExists(temporary);
      throw failure;
    }
    forceFolder(file);
  }

  /// Writes all that remains of `bytes`; a channel may take less than it is offered.
  static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /// The rename itself reaches the disk with its folder. Windows cannot open folders, and does not
  /// need it.
  private static void forceFolder(Path file) {
    try (var folder = FileChannel.open(folderOf(file), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      // The file is complete and in place; only a power cut in this very moment could still bring
      // the old one back.
    }
  }

  private static void removeAbandoned(Path file) throws IOException {
    var limit = Instant.now().minus(ABANDONED);
    var name = Pattern.compile(Pattern.quote(prefix(file)) + "[0-9a-f]{16}\\.tmp");
    try (var siblings =
        Files.newDirectoryStream(
            folderOf(file), p -> name.matcher(p.getFileName().toString()).matches())) {
      for (var sibling : siblings) {
        if (Files.getLastModifiedTime(sibling, LinkOption.NOFOLLOW_LINKS)
            .toInstant()
            .isBefore(limit)) {
          Files.deleteIfExists(sibling);
        }
      }
    }
  }

  private static String prefix(Path file) {
    return "." + file.getFileName() + ".";
  }

  private static Path folderOf(Path file) {
    var folder = file.getParent();
    return folder == null ? file : folder;
  }
}
