package org.teenygrad.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// The folder that is unpacked on a user's machine:
///
/// | path | what |
/// | --- | --- |
/// | `teenygrad` | the launcher |
/// | `lib/*.jar` | teenygrad and what it needs, stored ([StoredJar]) |
/// | `lib/native/PLATFORM/libLLVM.so` | where `runtime.llvm.LlvmLibrary` looks first: beside the jars |
/// | `lib/teenygrad.aot` | what the JVM learned in a [Rehearsal] |
/// | `runtime/` | the JVM and the modules of the JDK that are needed |
/// | `LICENSE`, `NOTICE`, `licenses/` | ours, and those of what is packed |
final class Image {
  /// `jdeps --print-module-deps` of the jars says java.base, jdk.jfr and jdk.management; jdk.unsupported has the
  /// signals of `cli.Interrupt`; the others are for programs that serve a model or fetch files. With jdk.compiler,
  /// which `teenygrad run` takes, the archive would be above 60 MB.
  private static final List<String> MODULES =
      List.of("java.base", "java.logging", "java.net.http", "jdk.httpserver", "jdk.jfr", "jdk.management", "jdk.unsupported");

  private Image() {}

  static void build(Path jars, Path llvm, Path fixed, Path license, Path image) throws IOException {
    delete(image);
    Path lib = Files.createDirectories(image.resolve("lib"));
    for (Path jar : filesOf(jars)) {
      StoredJar.copy(jar, lib.resolve(jar.getFileName()));
    }
    copyFiles(fixed, image);
    Files.copy(license, image.resolve("LICENSE"));
    copyFiles(license.resolveSibling("licenses"), Files.createDirectories(image.resolve("licenses")));
    Path platform = llvm.getName(llvm.getNameCount() - 2);
    Path library = Files.createDirectories(lib.resolve("native").resolve(platform)).resolve(llvm.getFileName());
    Files.copy(llvm, library);
    ElfSymbols.strip(library);
    link(image.resolve("runtime"));
    ElfSymbols.strip(image.resolve("runtime").resolve("lib").resolve("server").resolve("libjvm.so"));
  }

  /// Not compressed: xz packs the plain modules tighter, and the JVM starts faster from them.
  private static void link(Path runtime) {
    ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow(() -> new IllegalStateException("this Java has no jlink: use a JDK"));
    int status = jlink.run(System.out, System.err,
        "--add-modules", String.join(",", MODULES), "--output", runtime.toString(), "--vm", "server", "--compress", "zip-0",
        "--strip-java-debug-attributes", "--no-header-files", "--no-man-pages");
    if (status != 0) {
      throw new IllegalStateException("jlink ended with status " + status);
    }
  }

  private static void copyFiles(Path from, Path to) throws IOException {
    for (Path file : filesOf(from)) {
      Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
