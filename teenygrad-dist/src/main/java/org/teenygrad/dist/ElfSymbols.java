package org.teenygrad.dist;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// Cuts the tables for linkers and debuggers off a shared library, as `strip` does but on every machine that builds.
///
/// A loader reads an ELF file by its program headers alone. What stands behind the last byte that they load (the symbol
/// table with local functions, the section headers) is for tools; in libLLVM that is 19 of 176 MB,
/// in libjvm 5 of 30.
///
/// @see <a href="https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html">System V ABI, chapters 4 and 5</a>
final class ElfSymbols {
  private static final int MAGIC = 0x7F454C46; // 0x7F, "ELF"
  private static final byte CLASS_64 = 2;
  private static final byte LITTLE_ENDIAN = 1;
  private static final int HEADER_BYTES = 64;

  private ElfSymbols() {}

  /// Does nothing to a file of another kind, or where there is none.
  static void strip(Path library) throws IOException {
    if (!Files.isRegularFile(library)) {
      return;
    }
    try (FileChannel file = FileChannel.open(library, READ, WRITE)) {
      ByteBuffer header = read(file, 0, HEADER_BYTES);
      if (header.getInt(0) != MAGIC || header.get(4) != CLASS_64 || header.get(5) != LITTLE_ENDIAN) {
        return;
      }
      header.order(ByteOrder.LITTLE_ENDIAN);
      file.truncate(loadedBytes(file, header));
      header.putLong(0x28, 0); // e_shoff: no section headers
      header.putInt(0x3C, 0); // e_shnum and e_shstrndx
      file.write(header, 0);
    }
  }

  /// The end of the last segment in the file.
  private static long loadedBytes(FileChannel file, ByteBuffer header) throws IOException {
    int entryBytes = header.getShort(0x36);
    int entries = header.getShort(0x38);
    ByteBuffer table = read(file, header.getLong(0x20), entries * entryBytes).order(ByteOrder.LITTLE_ENDIAN);
    long end = 0;
    for (int i = 0; i < entries; i++) {
      end = Math.max(end, table.getLong(i * entryBytes + 0x08) + table.getLong(i * entryBytes + 0x20)); // p_offset + p_filesz
    }
    return end;
  }

  private static ByteBuffer read(FileChannel file, long at, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, at + buffer.position()) < 0) {
        break; // a file too short to be ELF: zeros
      }
    }
    return buffer.rewind();
  }
}
