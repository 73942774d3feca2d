package org.teenygrad.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.teenygrad.engine.runtime.RegularFile;
import org.teenygrad.state.FileException;

/// Reads a corpus.
public final class TextFile {

  private static final String KIND = "a text in UTF-8";

  private TextFile() {}

  /// The text of a UTF-8 file of at most 2 GiB, without the byte order mark that it may begin with. Line ends stay as they are.
  /// @throws FileException if the file cannot be read, is empty, or is not UTF-8
  public static String read(Path file) {
    byte[] bytes;
    try {
      bytes = RegularFile.read(file, RegularFile.LONGEST);
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    }
    var text = decode(file, ByteBuffer.wrap(bytes));
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    if (text.isEmpty()) {
      throw FileException.malformed(file, KIND, "it is empty");
    }
    return text;
  }

  private static String decode(Path file, ByteBuffer bytes) {
    var text = CharBuffer.allocate(bytes.remaining());
    var result = StandardCharsets.UTF_8.newDecoder().decode(bytes, text, true);
    if (result.isError()) {
      int at = bytes.position();
      throw FileException.malformed(
          file, KIND, String.format(Locale.ROOT, "its byte %d (0x%02X) begins no valid character", at, bytes.get(at)));
    }
    return text.flip().toString();
  }
}
