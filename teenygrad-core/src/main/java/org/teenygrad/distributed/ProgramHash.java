package org.teenygrad.distributed;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
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
    return of(Stream.of("java.class.path", "jdk.module.path").map(property -> System.getProperty(property, ""))
        .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1))).filter(entry -> !entry.isEmpty()).map(Path::of).toList());
  }

  /// @param entries archives, and folders of classes
  static String of(List<Path> entries) {
    CRC32C sum = new CRC32C();
    entries.stream().flatMap(entry -> files(entry).stream()).forEach(file -> update(sum, file));
    return String.format(Locale.ROOT, "%08x", sum.getValue());
  }

  private static List<Path> files(Path entry) {
    if (!Files.isDirectory(entry)) {
      return Files.isReadable(entry) ? List.of(entry) : List.of();
    }
    List<Path> classes = new ArrayList<>();
    try {
      Files.walkFileTree(entry, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
          if (file.toString().endsWith(".class")) {
            classes.add(file);
          }
          return FileVisitResult.CONTINUE;
        }

        /// Other files may come and go meanwhile, such as those by which tools attach to a JVM of this folder.
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
          if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
          }
          throw e;
        }
      });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return classes.stream().sorted().toList();
  }

  private static void update(CRC32C sum, Path file) {
    try {
      sum.update(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
