package org.teenygrad.engine.runtime.llvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlvmLibraryTest {
  private static final String CLASS = "org/teenygrad/engine/runtime/llvm/LlvmLibrary.class";

  @TempDir private Path folder;

  @Test
  void liesBesideTheJarOrTheFolderOfClasses() throws Exception {
    assertThat(LlvmLibrary.besideTheCode(url("jar:" + folder.resolve("core ä.jar").toUri() + "!/" + CLASS))).isEqualTo(folder);
    assertThat(LlvmLibrary.besideTheCode(url(folder.resolve("classes").resolve(CLASS).toUri().toString()))).isEqualTo(folder);
  }

  @Test
  void codeThatIsInNoFileHasNothingBesideIt() {
    assertThatThrownBy(() -> LlvmLibrary.besideTheCode(url("http://localhost/" + CLASS))).isInstanceOf(FileSystemNotFoundException.class);
  }

  /// Says whether there is LLVM, or why not.
  static final class Searcher {
    public static void main(String[] arguments) {
      try {
        LlvmLibrary.lookup();
        System.out.println("found");
      } catch (LlvmException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /// A class from an AOT cache has the CodeSource of the jar that it came from when the cache was made, or none if that jar is gone: as in an
  /// image that was packed elsewhere.
  @Test
  void isFoundBesideJarsThatMovedSinceTheirAotCacheWasMade() throws Exception {
    Path made = Files.createDirectories(folder.resolve("made"));
    pack(made.resolve("code.jar"));
    String first = java(made, "-XX:AOTCacheOutput=" + made.resolve("code.aot"));
    assertThat(first).contains("was not found", "[" + made.resolve("native"));

    Path moved = Files.move(made, folder.resolve("moved"));
    Path libraries = Files.createDirectories(moved.resolve("native").resolve(LlvmLibrary.platform()));
    Path link = Files.createSymbolicLink(libraries.resolve("libLLVM.so"), Path.of(System.getProperty("teenygrad.llvm")));
    String second = java(moved, "-XX:AOTCache=" + moved.resolve("code.aot"), "-XX:AOTMode=on");
    Files.delete(link);
    assertThat(second).isEqualToIgnoringNewLines("found");
  }

  /// A jar of all classes, [Searcher] among them.
  private static void pack(Path jar) throws IOException {
    Path classes = Path.of("target", "classes");
    String searcher = Searcher.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar)); Stream<Path> files = Files.walk(classes.resolve("org"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        add(out, classes.relativize(file).toString(), file);
      }
      add(out, searcher, Path.of("target", "test-classes").resolve(searcher));
    }
  }

  private static void add(JarOutputStream jar, String name, Path file) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    Files.copy(file, jar);
  }

  private static String java(Path folder, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED", "-Xlog:disable"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", folder.resolve("code.jar").toString(), Searcher.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TEENYGRAD_CACHE", "off");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static URL url(String text) throws Exception {
    return URI.create(text).toURL();
  }
}
