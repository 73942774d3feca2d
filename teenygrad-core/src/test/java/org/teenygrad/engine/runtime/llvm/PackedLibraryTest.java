package org.teenygrad.engine.runtime.llvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedLibraryTest {
  private static final String NAME = "org/bytedeco/llvm/linux-x86_64/libLLVM.so";

  @TempDir private Path folder;

  @Test
  void isUnpackedOnce() throws Exception {
    PackedLibrary packed = PackedLibrary.of(jar("llvm.jar", "a library"));
    Path file = packed.file(folder.resolve("cache"));
    assertThat(file).hasContent("a library").hasFileName("libLLVM.so");
    FileTime time = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, time);
    assertThat(packed.file(folder.resolve("cache"))).isEqualTo(file);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
    assertThat(files(folder.resolve("cache"))).containsExactly(file);
  }

  @Test
  void aFileThatWasCutIsReplaced() throws Exception {
    PackedLibrary packed = PackedLibrary.of(jar("llvm.jar", "a library"));
    Path file = packed.file(folder.resolve("cache"));
    Files.writeString(file, "a lib");
    assertThat(packed.file(folder.resolve("cache"))).isEqualTo(file).hasContent("a library");
  }

  @Test
  void anotherReleaseHasAFileOfItsOwn() throws Exception {
    Path one = PackedLibrary.of(jar("one.jar", "library 1")).file(folder.resolve("cache"));
    Path two = PackedLibrary.of(jar("two.jar", "library 2")).file(folder.resolve("cache"));
    assertThat(one).hasContent("library 1");
    assertThat(two).hasContent("library 2");
  }

  @Test
  void aDamagedJarIsRefusedAndLeavesNothing() throws Exception {
    URL resource = jar("llvm.jar", "a library");
    Path jar = folder.resolve("llvm.jar");
    byte[] bytes = Files.readAllBytes(jar);
    bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("a library")] ^= 1;
    Files.write(jar, bytes);
    PackedLibrary packed = PackedLibrary.of(resource);
    assertThatThrownBy(() -> packed.file(folder.resolve("cache"))).isInstanceOf(LlvmException.class).hasMessageContaining("is damaged");
    assertThat(files(folder.resolve("cache"))).isEmpty();
  }

  @Test
  void withoutACacheTheFileGoesWithTheProcess() throws Exception {
    Path file = PackedLibrary.of(jar("llvm.jar", "a library")).file(null);
    assertThat(file).hasContent("a library");
    assertThat(file.startsWith(folder)).isFalse();
  }

  @Test
  void aCacheThatCannotBeWrittenIsAsNone() throws Exception {
    Path occupied = Files.writeString(folder.resolve("cache"), "a file, no folder");
    assertThat(PackedLibrary.of(jar("llvm.jar", "a library")).file(occupied)).hasContent("a library");
  }

  @Test
  void aFileInAFolderOfTheClassPathIsTakenAsItIs() throws Exception {
    Path file = Files.writeString(folder.resolve("libLLVM.so"), "a library");
    assertThat(PackedLibrary.of(file.toUri().toURL()).file(folder.resolve("cache"))).isEqualTo(file);
  }

  /// Stored, so that a test can damage the contents.
  private URL jar(String name, String contents) throws IOException {
    Path jar = folder.resolve(name);
    byte[] bytes = contents.getBytes(StandardCharsets.UTF_8);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      JarEntry entry = new JarEntry(NAME);
      CRC32 sum = new CRC32();
      sum.update(bytes);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(bytes.length);
      entry.setCrc(sum.getValue());
      out.putNextEntry(entry);
      out.write(bytes);
    }
    return URI.create("jar:" + jar.toUri() + "!/" + NAME).toURL();
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
