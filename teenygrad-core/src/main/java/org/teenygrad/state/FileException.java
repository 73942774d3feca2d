package org.teenygrad.state;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Printable;

/// A file could not be read, could not be written, or does not hold what it should.
///
/// The message is one sentence that names the file and the reason, fit to be shown to a user as it
/// is.
///
/// Texts from the file, names say, and its path are shortened in it, and cannot steer a terminal: control characters become
/// U+FFFD.
public final class FileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private FileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// The operating system refused to give the file's content.
  public static FileException cannotRead(Path file, IOException cause) {
    return new FileException("cannot read " + Printable.of(file) + ": " + reason(cause), cause);
  }

  /// The operating system refused to take something that was to be added to the file.
  public static FileException cannotWrite(Path file, IOException cause) {
    return new FileException("cannot write " + Printable.of(file) + ": " + reason(cause), cause);
  }

  /// The operating system refused to take the file's new content; `outcome` says what became of the
  /// old one.
  static FileException cannotWrite(Path file, IOException cause, String outcome) {
    return new FileException("cannot write " + Printable.of(file) + ": " + reason(cause) + "; " + outcome, cause);
  }

  /// The file was read, but is not a valid file of its kind.
  ///
  /// @param kind what it should be, with an article: `a safetensors file`
  /// @param why what is wrong with it
  public static FileException malformed(Path file, String kind, String why) {
    return new FileException(Printable.of(file) + " is not " + kind + ": " + Printable.of(why), null);
  }

  /// The file is valid, but does not hold what is needed from it.
  /// @param what the missing thing, with an article
  public static FileException lacking(Path file, String what) {
    return new FileException(Printable.of(file) + " does not have " + Printable.of(what), null);
  }

  /// The file was open, and became shorter, so that what its beginning promises is not there.
  static FileException shrunk(Path file, long before, long now) {
    return new FileException(
        String.format(Locale.ROOT, "%s has become shorter while it was read: it had %d bytes, and has %d",
            Printable.of(file), before, now), null);
  }

  /// Something was asked for that nobody had read before the file was closed.
  static FileException closed(Path file) {
    return new FileException(
        "cannot read " + Printable.of(file) + ": it is closed; tensors are read before close() and stay after it", null);
  }

  private static String reason(IOException cause) {
    String reason = switch (cause) {
      case NoSuchFileException e -> "no such file or directory";
      case AccessDeniedException e -> "permission denied";
      case FileSystemException e when e.getReason() != null ->
          e.getReason().toLowerCase(Locale.ROOT);
      default -> {
        var message = cause.getMessage();
        yield message == null ? cause.getClass().getSimpleName() : message.toLowerCase(Locale.ROOT);
      }
    };
    return Printable.of(reason);
  }
}
