package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Classes that were loaded and linked once, as a file that further processes map (JEP 514): a third of what a short command takes is loading, verifying and linking
/// its classes.
///
/// @param options of a JVM that uses it
record ClassArchive(List<String> options) {
  /// The classes of this process's class path that a command loads. Only those of jars can be archived.
  /// @param command what loads most of what commands need
  static ClassArchive in(Path folder, String... command) throws IOException, InterruptedException {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        path = packed(path, folder.resolve(jars.size() + ".jar"));
      }
      if (Files.exists(path)) {
        jars.add(path.toString());
      }
    }
    List<String> options = new ArrayList<>(List.of("-Xlog:disable", "-cp", String.join(File.pathSeparator, jars)));
    String llvm = System.getProperty("teenygrad.llvm");
    if (llvm != null) {
      options.add("-Dteenygrad.llvm=" + llvm);
    }
    Path archive = folder.resolve("classes.aot");
    Process process = Teenygrad.process(Stream.concat(options.stream(), Stream.of("-XX:AOTCacheOutput=" + archive)).toList(), command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    assertThat(archive).exists();
    options.add("-XX:AOTCache=" + archive);
    return new ClassArchive(List.copyOf(options));
  }

  private static Path packed(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar); ZipOutputStream zip = new ZipOutputStream(file); Stream<Path> files = Files.walk(classes)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(classes.relativize(path).toString().replace(File.separatorChar, '/')));
        Files.copy(path, zip);
      }
    }
    return jar;
  }
}
