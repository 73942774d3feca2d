package org.teenygrad.dist;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Copies a jar with its entries stored instead of deflated: xz, which sees then what is in it, packs the same classes and vocabularies
/// to half of what deflate does, and the JVM need not inflate what it loads.
final class StoredJar {
  /// The earliest that a zip file has room for, so that the same entries give the same bytes.
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private StoredJar() {}

  /// The same entries in the same order, all of one time.
  /// @throws IOException if it is no jar
  static void copy(Path jar, Path stored) throws IOException {
    try (ZipFile from = new ZipFile(jar.toFile());
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(stored), 1 << 20);
        ZipOutputStream to = new ZipOutputStream(file)) {
      for (Enumeration<? extends ZipEntry> entries = from.entries(); entries.hasMoreElements(); ) {
        ZipEntry entry = entries.nextElement();
        byte[] content = from.getInputStream(entry).readAllBytes();
        to.putNextEntry(stored(entry.getName(), content));
        to.write(content);
        to.closeEntry();
      }
    }
  }

  private static ZipEntry stored(String name, byte[] content) {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    entry.setTimeLocal(TIME);
    return entry;
  }
}
