package org.teenygrad.state;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Unpacks gzip, as data sets come: an IDX file to the size that its header says, anything else up to a limit.
final class GzipFile {
  /// Texts of numbers are not larger, and what claims to be is not worth the memory.
  private static final int MAX_TEXT_BYTES = 256 << 20;

  private static final int LONGEST_IDX_HEADER = 4 + 4 * 255;

  private GzipFile() {}

  static boolean isGzip(MemorySegment file) {
    return file.byteSize() >= 2
        && file.get(ValueLayout.JAVA_BYTE, 0) == 0x1F
        && file.get(ValueLayout.JAVA_BYTE, 1) == (byte) 0x8B;
  }

  /// @throws IllegalArgumentException if it is damaged, or too large
  static MemorySegment unpack(MappedFile file) {
    try (InputStream in = open(file)) {
      byte[] start = in.readNBytes(LONGEST_IDX_HEADER);
      return IdxFile.isIdx(MemorySegment.ofArray(start)) ? exactly(file, start, in) : text(start, in);
    } catch (ZipException | EOFException e) {
      throw new IllegalArgumentException("what is packed in it is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileException.cannotRead(file.path(), e);
    }
  }

  /// @throws IllegalArgumentException if it is damaged, too large, or no text
  static MemorySegment unpackText(MappedFile file) {
    MemorySegment unpacked = unpack(file);
    if (!CsvLines.isText(unpacked)) {
      throw new IllegalArgumentException("what is packed in it is no text");
    }
    return unpacked;
  }

  private static InputStream open(MappedFile file) throws IOException {
    InputStream raw = Files.newInputStream(file.path());
    try {
      return new GZIPInputStream(raw, 1 << 16);
    } catch (Throwable e) {
      raw.close();
      throw e;
    }
  }

  /// What is packed is counted before memory is taken for it: the size that it claims may not be there.
  private static MemorySegment exactly(MappedFile file, byte[] start, InputStream in) throws IOException {
    long bytes = IdxFile.bytes(MemorySegment.ofArray(start));
    long packed = start.length;
    byte[] chunk = new byte[1 << 16];
    for (int length = in.read(chunk); length > 0 && packed <= bytes; length = in.read(chunk)) {
      packed += length;
    }
    if (packed != bytes) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s bytes are packed in it, not the %d that it claims",
              packed > bytes ? "more" : Long.toString(packed), bytes));
    }
    MemorySegment unpacked = file.arena().allocate(bytes);
    try (InputStream again = open(file)) {
      long at = 0;
      for (int length = again.read(chunk); length > 0; length = again.read(chunk)) {
        MemorySegment.copy(chunk, 0, unpacked, ValueLayout.JAVA_BYTE, at, length);
        at += length;
      }
    }
    return unpacked;
  }

  private static MemorySegment text(byte[] start, InputStream in) throws IOException {
    if (!CsvLines.isText(MemorySegment.ofArray(start))) {
      throw new IllegalArgumentException("what is packed in it is neither an IDX file nor a table");
    }
    byte[] rest = in.readNBytes(MAX_TEXT_BYTES);
    if (rest.length == MAX_TEXT_BYTES) {
      throw new IllegalArgumentException("more than " + MAX_TEXT_BYTES + " bytes of text are packed in it");
    }
    byte[] text = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, text, start.length, rest.length);
    return MemorySegment.ofArray(text);
  }
}
