package org.teenygrad.nanochat.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One file to download.
///
/// What has come stands in `NAME.part`, and the version that it is of in `NAME.part.etag`: the next attempt, or the next program, asks for
/// the rest of that version only. A file gets its name when it has the size and the SHA-256 that the server says; a file with its name is
/// never asked for again.
/// @param uri where it is
/// @param file where it shall be
record Download(URI uri, Path file) {
  private static final int BUFFER_BYTES = 1 << 16;

  private Path part() {
    return file.resolveSibling(file.getFileName() + ".part");
  }

  private Path version() {
    return file.resolveSibling(file.getFileName() + ".part.etag");
  }

  boolean isDone() {
    return Files.exists(file);
  }

  /// Bytes that are here, of which an attempt begins with the next.
  long bytesHere() throws IOException {
    return isDone() ? Files.size(file) : Files.exists(part()) && Files.exists(version()) ? Files.size(part()) : 0;
  }

  /// Fetches what is missing.
  /// @throws IOException if the connection breaks, in which case another attempt goes on where this one ended; or if what came is not the
  ///     file, in which case another attempt begins anew
  void attempt() throws IOException {
    long here = bytesHere();
    Source source = Source.open(uri, here, here > 0 ? Files.readString(version()) : null);
    try (InputStream in = source.connection().getInputStream()) {
      if (source.offset() != 0 && source.offset() != here) {
        throw new IOException(uri + " answers from byte " + source.offset() + " on, but byte " + here + " is the next");
      }
      keepVersion(source.etag().orElse(null));
      try (OutputStream out = source.offset() == 0 ? Files.newOutputStream(part()) : Files.newOutputStream(part(), StandardOpenOption.APPEND)) {
        in.transferTo(out);
      }
    } finally {
      source.connection().disconnect();
    }
    long size = Files.size(part());
    if (source.size() >= 0 && size < source.size()) {
      throw new IOException(String.format(Locale.ROOT, "%s ended after %d of %d bytes", uri, size, source.size()));
    }
    String expected = source.sha256().orElse(null);
    String found = expected == null ? null : sha256(part());
    if (size > source.size() && source.size() >= 0 || found != null && !found.equals(expected)) {
      forget();
      throw new IOException(String.format(Locale.ROOT, "%s came as other bytes than the server has: %d bytes of %d, SHA-256 %s, not %s", uri, size,
          source.size(), found, expected));
    }
    Files.move(part(), file, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(version());
  }

  /// Without a version a part cannot be continued: the file may be another by then.
  private void keepVersion(@Nullable String etag) throws IOException {
    if (etag == null || etag.startsWith("W/")) {
      Files.deleteIfExists(version());
    } else {
      Files.writeString(version(), etag);
    }
  }

  private void forget() throws IOException {
    Files.deleteIfExists(version());
    Files.deleteIfExists(part());
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
