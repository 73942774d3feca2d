package org.teenygrad.distributed;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// A hash of the program that runs: of what its class path and module path hold, wherever that lies. Ranks whose hashes differ
/// would not do the same.
final class ProgramHash {
  private ProgramHash() {}

  /// As hexadecimal text.
  static String text() {
    CRC32C sum = new CRC32C();
    Stream.of("java.class.path", "jdk.module.path").map(property -> System.getProperty(property, ""))
        .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1))).filter(entry -> !entry.isEmpty()).map(Path::of)
        .flatMap(entry -> files(entry).stream()).forEach(file -> update(sum, file));
    return String.format(Locale.ROOT, "%08x", sum.getValue());
  }

  private static List<Path> files(Path entry) {
    if (!Files.isDirectory(entry)) {
      return Files.isReadable(entry) ? List.of(entry) : List.of();
    }
    try (Stream<Path> files = Files.walk(entry)) {
      return files.filter(file -> file.toString().endsWith(".class")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void update(CRC32C sum, Path file) {
    try {
      sum.update(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
