package org.teenygrad.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredJarTest {
  private static final List<String> NAMES = List.of("META-INF/", "META-INF/MANIFEST.MF", "b/B.class", "a/A.class");

  @TempDir private Path folder;

  private static String content(String name) {
    return name.endsWith("/") ? "" : name.repeat(100);
  }

  private Path jar(String file, FileTime time) throws IOException {
    Path jar = folder.resolve(file);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String name : NAMES) {
        out.putNextEntry(new ZipEntry(name).setLastModifiedTime(time));
        out.write(content(name).getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  @Test
  void everyEntryIsThereInItsOrderAndPlain() throws IOException {
    Path stored = folder.resolve("stored.jar");
    StoredJar.copy(jar("a.jar", FileTime.fromMillis(0)), stored);
    try (ZipFile zip = new ZipFile(stored.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName)).containsExactlyElementsOf(NAMES);
      for (String name : NAMES) {
        assertThat(zip.getEntry(name).getMethod()).isEqualTo(ZipEntry.STORED);
        assertThat(zip.getInputStream(zip.getEntry(name))).hasContent(content(name));
      }
    }
    assertThat(Files.readString(stored, StandardCharsets.ISO_8859_1)).contains(content("a/A.class"));
  }

  @Test
  void theSameEntriesGiveTheSameBytes() throws IOException {
    StoredJar.copy(jar("a.jar", FileTime.fromMillis(0)), folder.resolve("1.jar"));
    StoredJar.copy(jar("b.jar", FileTime.fromMillis(1_700_000_000_000L)), folder.resolve("2.jar"));
    assertThat(folder.resolve("2.jar")).hasSameBinaryContentAs(folder.resolve("1.jar"));
  }

  @Test
  void whatIsNoJarIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
    assertThatThrownBy(() -> StoredJar.copy(text, folder.resolve("stored.jar"))).isInstanceOf(ZipException.class);
  }
}
