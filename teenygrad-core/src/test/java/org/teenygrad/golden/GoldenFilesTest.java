package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;

/// The runner of golden files meets any path and any damage with counts or one clear error.
class GoldenFilesTest {
  private static final Device DEVICE = Device.of("interpreter");
  private static final String ABS = "{\"id\":\"abs\",\"inputs\":[\"x\"],\"ops\":[{\"fn\":\"abs\",\"args\":[{\"t\":\"i0\"}],\"out\":\"v\"}],\"result\":\"v\",\"expect\":\"%s\"}\n";
  private static final String UNKNOWN = "{\"id\":\"no\",\"inputs\":[],\"ops\":[{\"fn\":\"frobnicate\",\"args\":[]}],\"result\":\"v\",\"expect\":\"x\"}\n";
  private static final String SINGLE = "{\"cases\":[{\"name\":\"abs\",\"op\":\"abs\",\"args\":{},\"in\":[\"x\"],\"out\":[\"y\"]}]}";

  @TempDir private Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    State.save(folder.resolve("tensors.safetensors"), Map.of("x", Tensor.of(-1f, 2f), "y", Tensor.of(1f, 2f)));
    Files.copy(folder.resolve("tensors.safetensors"), folder.resolve("one.safetensors"));
    Files.writeString(folder.resolve("lines.jsonl"), String.format(Locale.ROOT, ABS,
        "y") + String.format(Locale.ROOT, ABS, "x") + String.format(Locale.ROOT, ABS, "z") + UNKNOWN);
    Files.writeString(folder.resolve("one.json"), SINGLE);
    Files.writeString(folder.resolve("notes.json"), "{\"no\": \"cases\"}");
  }

  @Test
  void casesThatFailOrCannotBeRunAreCounted() {
    assertThat(GoldenCount.of(folder.resolve("lines"), DEVICE)).isEqualTo(new GoldenCount(1, 2, 1));
  }

  @Test
  void aPathIsANameAPrefixAFileOrAFolder() {
    GoldenCount single = new GoldenCount(1, 0, 0);
    assertThat(GoldenCount.of(folder.resolve("one"), DEVICE)).isEqualTo(single);
    assertThat(GoldenCount.of(folder.resolve("o"), DEVICE)).isEqualTo(single);
    assertThat(GoldenCount.of(folder.resolve("one.json"), DEVICE)).isEqualTo(single);
    assertThat(GoldenCount.of(folder, DEVICE)).isEqualTo(new GoldenCount(2, 2, 1));
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> GoldenFiles.at(folder.resolve("nothing"))).hasMessageContaining("nothing at").hasMessageContaining("nothing*.json");
    assertThatThrownBy(() -> GoldenFiles.at(folder.resolve("no/such/folder"))).hasMessageContaining("nothing at");
    assertThatThrownBy(() -> GoldenFiles.at(folder.resolve("notes"))).hasMessageContaining("no tensors for").hasMessageContaining("notes.json");
  }

  @Test
  void damageIsNamedWithItsPlace() throws IOException {
    Files.writeString(folder.resolve("lines.jsonl"), String.format(Locale.ROOT, ABS, "y") + "{\"id\": \n");
    assertThatThrownBy(() -> GoldenCount.of(folder.resolve("lines"), DEVICE)).hasMessageContaining("lines.jsonl, line 2: is no JSON");
    Files.writeString(folder.resolve("one.json"), SINGLE.replace("\"op\"", "\"oops\""));
    assertThatThrownBy(() -> GoldenCount.of(folder.resolve("one"), DEVICE)).hasMessageContaining("one.json, case 1: 'op' is missing");
    Files.writeString(folder.resolve("one.json"), "[]");
    assertThatThrownBy(() -> GoldenCount.of(folder.resolve("one"), DEVICE)).hasMessageContaining("no list of cases");
    Files.writeString(folder.resolve("one.json"), SINGLE);
    Files.writeString(folder.resolve("one.safetensors"), "damaged");
    assertThatThrownBy(() -> GoldenCount.of(folder.resolve("one"), DEVICE)).isInstanceOf(FileException.class).hasMessageContaining("one.safetensors");
  }
}
