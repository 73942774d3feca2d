package org.teenygrad.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.state.FileException;

class CsvLogTest {

  @TempDir Path folder;

  @Test
  void rowsAreOnDiskAtOnce() {
    var file = folder.resolve("log.csv");
    try (var log = CsvLog.create(file, "iteration", "loss", "note")) {
      log.append(0, 4.25, "");
      log.append(1, Double.NaN, "a \"b\", c");
      assertThat(file).hasContent("iteration,loss,note\n0,4.25,\n1,NaN,\"a \"\"b\"\", c\"\n");
    }
  }

  @Test
  void resumesBeforeTheIterationThatIsDoneAgain() throws IOException {
    var file = folder.resolve("log.csv");
    try (var log = CsvLog.create(file, "iteration", "loss")) {
      for (int i = 0; i < 5; i++) {
        log.append(i, i + 0.5);
      }
    }
    Files.writeString(file, "5", StandardOpenOption.APPEND); // cut off by a kill
    try (var log = CsvLog.resume(file, 3, "iteration", "loss")) {
      log.append(3, 9.5);
    }
    assertThat(file).hasContent("iteration,loss\n0,0.5\n1,1.5\n2,2.5\n3,9.5\n");
  }

  @Test
  void beginsAnewWithoutALogOfTheSameColumns() {
    var file = folder.resolve("log.csv");
    try (var log = CsvLog.resume(file, 3, "iteration", "loss")) {
      assertThat(log.setAside()).isNull();
    }
    assertThat(file).hasContent("iteration,loss\n");
    try (var log = CsvLog.resume(file, 3, "iteration", "other")) {
      assertThat(log.setAside()).hasContent("iteration,loss\n");
    }
    assertThat(file).hasContent("iteration,other\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,x\n", "1,1.5,\n", "\u0000\u0000\u0000\n", "\u00FF,1\n", "\n", "99999999999999999999,1\n", "-1,2\n", "1,0x1p3\n"})
  void aDamagedLogIsSetAsideAndItsGoodRowsGoOn(String damage) throws IOException {
    var file = folder.resolve("log.csv");
    var content = ("iteration,loss\n0,0.5\n" + damage + "2,-2.5E-7\n3,NaN\n").getBytes(StandardCharsets.ISO_8859_1);
    for (String name : List.of("log.csv.damaged", "log.csv.damaged-2")) {
      Files.write(file, content);
      try (var log = CsvLog.resume(file, 3, "iteration", "loss")) {
        assertThat(log.setAside()).isEqualTo(folder.resolve(name)).hasBinaryContent(content);
        log.append(3, "");
      }
      assertThat(file).hasContent("iteration,loss\n0,0.5\n2,-2.5E-7\n3,\n");
    }
  }

  @Test
  void whatIsNoFileIsSetAside() throws IOException {
    var file = Files.createDirectory(folder.resolve("log.csv"));
    try (var log = CsvLog.resume(file, 3, "iteration", "loss")) {
      assertThat(log.setAside()).isDirectory();
    }
    assertThat(file).hasContent("iteration,loss\n");
  }

  @Test
  void refusesRowsOfAnotherLength() {
    try (var log = CsvLog.create(folder.resolve("log.csv"), "iteration", "loss")) {
      assertThatThrownBy(() -> log.append(1)).hasMessageContaining("1 cells in a log of 2");
    }
  }

  @Test
  void namesAFolderThatIsMissing() {
    var file = folder.resolve("none").resolve("log.csv");
    assertThatThrownBy(() -> CsvLog.create(file, "iteration"))
        .isInstanceOf(FileException.class)
        .hasMessageContaining(file.toString());
  }
}
