package org.teenygrad.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ElfSymbolsTest {
  @TempDir private Path folder;

  @Test
  @EnabledOnOs(OS.LINUX)
  @SuppressWarnings("restricted")
  void aStrippedLibraryIsSmallerAndLoads() throws IOException {
    Path original = Path.of(System.getProperty("java.home"), "lib", "libzip.so");
    Path library = Files.copy(original, folder.resolve("libzip.so"));
    ElfSymbols.strip(library);
    assertThat(Files.size(library)).isLessThan(Files.size(original));
    try (Arena arena = Arena.ofConfined()) {
      assertThat(SymbolLookup.libraryLookup(library, arena).find("Java_java_util_zip_CRC32_update")).isPresent();
    }
  }

  @Test
  void leavesOtherFilesAlone() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "short");
    ElfSymbols.strip(text);
    assertThat(text).hasContent("short");
  }
}
