package org.teenygrad.state;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Unpacks gzip, as data sets come: an IDX file to the size that its header says, anything else up to a limit.
final class GzipFile {
  /// Texts of numbers are not larger, and what claims to be is not worth the memory.
  private static final int MAX_TEXT_BYTES = 256 << 20;

  private static final long MAX_RATIO = 1032;
  private static final int LONGEST_IDX_HEADER = 4 + 4 * 255;

  private GzipFile() {}

  static boolean isGzip(MemorySegment file) {
    return file.byteSize() >= 2
        && file.get(ValueLayout.JAVA_BYTE, 0) == 0x1F
        && file.get(ValueLayout.JAVA_BYTE, 1) == (byte) 0x8B;
  }

  /// @throws IllegalArgumentException if it is damaged, or too large
  static MemorySegment unpack(MappedFile file) {
    try (InputStream raw = Files.newInputStream(file.path());
        InputStream in = new GZIPInputStream(raw, 1 << 16)) {
      byte[] start = in.readNBytes(LONGEST_IDX_HEADER);
      return IdxFile.isIdx(MemorySegment.ofArray(start)) ? exactly(file, start, in) : text(start, in);
    } catch (ZipException | EOFException e) {
      throw new IllegalArgumentException("what is packed in it is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileException.cannotRead(file.path(), e);
    }
  }

  private static MemorySegment exactly(MappedFile file, byte[] start, InputStream in) throws IOException {
    long bytes = IdxFile.bytes(MemorySegment.ofArray(start));
    if (bytes / MAX_RATIO > file.bytes().byteSize() || bytes < start.length) {
      throw new IllegalArgumentException("its %d bytes cannot hold the %d that it claims"
          .formatted(file.bytes().byteSize(), bytes));
    }
    MemorySegment unpacked = file.arena().allocate(bytes);
    byte[] chunk = start;
    int length = start.length;
    long at = 0;
    while (length > 0) {
      if (length > bytes - at) {
        throw new IllegalArgumentException("more is packed in it than the " + bytes + " bytes that it claims");
      }
      MemorySegment.copy(chunk, 0, unpacked, ValueLayout.JAVA_BYTE, at, length);
      at += length;
      chunk = chunk == start ? new byte[1 << 16] : chunk;
      length = in.read(chunk);
    }
    if (at != bytes) {
      throw new IllegalArgumentException("%d bytes are packed in it, not the %d that it claims".formatted(at, bytes));
    }
    return unpacked;
  }

  private static MemorySegment text(byte[] start, InputStream in) throws IOException {
    if (!CsvFile.isText(MemorySegment.ofArray(start))) {
      throw new IllegalArgumentException("what is packed in it is neither an IDX file nor a table of numbers");
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
