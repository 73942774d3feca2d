package org.teenygrad.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/// Writes a folder as a tar file in POSIX's `ustar` form: folders, files with their executable bits, and links. Owners and
/// times are the same for all, so that the same files give the same bytes.
final class Tar {
  /// When everything was changed last.
  static final long MILLIS = 0;

  private static final int BLOCK = 512;
  private static final int NAME_BYTES = 100;

  private Tar() {}

  static void write(Path folder, OutputStream out) throws IOException {
    Path name = folder.getName(folder.getNameCount() - 1);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted().toList()) {
        entry(name.resolve(folder.relativize(file)).normalize().toString(), file, out);
      }
    }
    out.write(new byte[2 * BLOCK]);
  }

  private static void entry(String name, Path file, OutputStream out) throws IOException {
    if (Files.isSymbolicLink(file)) {
      out.write(header(name, '2', 0777, 0, Files.readSymbolicLink(file).toString()));
    } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      out.write(header(name + "/", '5', 0755, 0, ""));
    } else {
      long bytes = Files.size(file);
      out.write(header(name, '0', Files.isExecutable(file) ? 0755 : 0644, bytes, ""));
      Files.copy(file, out);
      out.write(new byte[(int) (-bytes & BLOCK - 1)]);
    }
  }

  private static byte[] header(String name, char type, int mode, long bytes, String link) {
    byte[] header = new byte[BLOCK];
    // A long path goes in two fields, cut at a slash.
    int cut = name.length() <= NAME_BYTES ? -1 : name.indexOf('/', name.length() - NAME_BYTES - 1);
    put(header, 0, NAME_BYTES, name.substring(cut + 1));
    put(header, 345, 155, name.substring(0, Math.max(0, cut)));
    put(header, 100, 8, String.format(Locale.ROOT, "%07o", mode));
    put(header, 108, 8, "0000000"); // owner: root
    put(header, 116, 8, "0000000");
    put(header, 124, 12, String.format(Locale.ROOT, "%011o", bytes));
    put(header, 136, 12, String.format(Locale.ROOT, "%011o", MILLIS / 1000));
    put(header, 148, 8, "        "); // the checksum counts as spaces
    header[156] = (byte) type;
    put(header, 157, NAME_BYTES, link);
    put(header, 257, 8, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xFF;
    }
    put(header, 148, 8, String.format(Locale.ROOT, "%06o\0 ", sum));
    return header;
  }

  private static void put(byte[] header, int at, int room, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > room) {
      throw new IllegalArgumentException("'" + text + "' is longer than the " + room + " bytes that a tar header has for it");
    }
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
