package org.teenygrad.state;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A file could not be read, could not be written, or does not hold what it should.
///
/// The message is one sentence that names the file and the reason, fit to be shown to a user as it
/// is.
///
/// Texts from the file, names say, are shortened in it, and cannot steer a terminal: control characters become U+FFFD.
public final class FileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int MAX_REASON = 600;

  private FileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// The operating system refused to give the file's content.
  public static FileException cannotRead(Path file, IOException cause) {
    return new FileException("cannot read " + file + ": " + reason(cause), cause);
  }

  /// The operating system refused to take something that was to be added to the file.
  public static FileException cannotWrite(Path file, IOException cause) {
    return new FileException("cannot write " + file + ": " + reason(cause), cause);
  }

  /// The operating system refused to take the file's new content; `outcome` says what became of the
  /// old one.
  static FileException cannotWrite(Path file, IOException cause, String outcome) {
    return new FileException("cannot write " + file + ": " + reason(cause) + "; " + outcome, cause);
  }

  /// The file was read, but is not a valid file of its kind.
  ///
  /// @param kind what it should be, with an article: `a safetensors file`
  /// @param why what is wrong with it
  public static FileException malformed(Path file, String kind, String why) {
    return new FileException(file + " is not " + kind + ": " + printable(why), null);
  }

  /// The file is valid, but does not hold what is needed from it.
  /// @param what the missing thing, with an article
  public static FileException lacking(Path file, String what) {
    return new FileException(file + " does not have " + printable(what), null);
  }

  private static String printable(String reason) {
    StringBuilder printable = new StringBuilder();
    reason.codePoints().limit(MAX_REASON).forEach(c -> printable.appendCodePoint(isPrintable(c) ? c : 0xFFFD));
    return reason.codePointCount(0, reason.length()) <= MAX_REASON ? printable.toString() : printable + "...";
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE, Character.UNASSIGNED -> false;
      default -> true;
    };
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case NoSuchFileException e -> "no such file or directory";
      case AccessDeniedException e -> "permission denied";
      case FileSystemException e when e.getReason() != null ->
          e.getReason().toLowerCase(Locale.ROOT);
      default -> {
        var message = cause.getMessage();
        yield message == null ? cause.getClass().getSimpleName() : message.toLowerCase(Locale.ROOT);
      }
    };
  }
}
