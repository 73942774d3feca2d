package org.teenygrad.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A short training and a text in the image, of which the JVM keeps what it learned: classes that are parsed and linked, and which methods
/// are worth compiling (JEP 483 and 515). Later runs start from that, about a second of processor time ahead. Without the second compiler
/// the JVM learns no profiles: with them the second compiler would be busy during the whole of each start.
///
/// The JVM takes it only for the jars it was made with, in the launcher's order, by their sizes and times: so the times are those that
/// [Tar] gives them.
final class Rehearsal {
  private Rehearsal() {}

  static void run(Path image) throws IOException {
    Path lib = image.resolve("lib");
    Path scratch = Files.createTempDirectory("rehearsal");
    try {
      var process = new ProcessBuilder(
          image.resolve("runtime").resolve("bin").resolve("java").toString(),
          "--enable-native-access=ALL-UNNAMED", "-XX:+UseParallelGC", "-XX:MaxNewSize=64m", "-XX:TieredStopAtLevel=1", "-XX:AOTCacheOutput=" + lib.resolve("teenygrad.aot"),
          "-Xlog:aot=error",
          "-cp", classPath(lib), "org.teenygrad.cli.Main",
          "rehearse", "--out", scratch.resolve("out").toString());
      process.environment().put("TEENYGRAD_CACHE", "off"); // so that kernels are compiled
      int status = process.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("the rehearsal in " + image + " ended with status " + status);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    } finally {
      Image.delete(scratch);
    }
  }

  private static String classPath(Path lib) throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      for (Path jar : jars) {
        Files.setLastModifiedTime(jar, FileTime.fromMillis(Tar.MILLIS));
      }
      return jars.stream().map(Path::toString).collect(Collectors.joining(":"));
    }
  }
}
