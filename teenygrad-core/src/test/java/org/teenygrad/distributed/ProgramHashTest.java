package org.teenygrad.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramHashTest {
  private static final int TIMES = 300;

  private static Path classes(Path folder, String text) throws IOException {
    for (int i = 0; i < 20; i++) {
      Files.writeString(Files.createDirectories(folder.resolve("package" + i)).resolve("Some.class"), text);
    }
    return folder;
  }

  @Test
  void itIsOfTheClassesWhereverTheyLie(@TempDir Path folder) throws IOException {
    String known = ProgramHash.of(List.of(classes(folder.resolve("one"), "code")));
    assertThat(ProgramHash.of(List.of(classes(folder.resolve("two"), "code")))).isEqualTo(known);
    assertThat(ProgramHash.of(List.of(classes(folder.resolve("three"), "other code")))).isNotEqualTo(known);
  }

  @Test
  void filesBesideThemMayComeAndGo(@TempDir Path folder) throws InterruptedException, IOException {
    List<Path> entries = List.of(classes(folder, "code"));
    String known = ProgramHash.of(entries);
    AtomicBoolean isOver = new AtomicBoolean();
    Thread others = Thread.ofPlatform().start(() -> {
      while (!isOver.get()) {
        comeAndGo(folder.resolve(".attach"));
      }
    });
    try {
      for (int i = 0; i < TIMES; i++) {
        assertThat(ProgramHash.of(entries)).isEqualTo(known);
      }
    } finally {
      isOver.set(true);
      others.join();
    }
  }

  private static void comeAndGo(Path file) {
    try {
      Files.delete(Files.writeString(file, ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
