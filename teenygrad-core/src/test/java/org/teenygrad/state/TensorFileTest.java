package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

class TensorFileTest {
  @TempDir Path folder;

  private void shard(String name, Map<String, Tensor> tensors) {
    State.save(folder.resolve(name), tensors, Map.of("format", "pt"));
  }

  private Path index(String weightMap) throws IOException {
    return Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\":{\"total_size\":8},\"weight_map\":" + weightMap + "}");
  }

  @Test
  void savesAndLoads() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).mul(2));
    tensors.put("half", Tensor.of(0.5f).cast(DType.BFLOAT16));
    tensors.put("truths", Tensor.of(true, false));
    Path file = folder.resolve("state.safetensors");
    State.save(file, tensors, Map.of("step", "3"));
    Map<String, Tensor> loaded = State.load(file);
    assertThat(loaded).containsOnlyKeys("weight", "half", "truths");
    tensors.forEach((name, tensor) -> {
      Tensor other = loaded.get(name);
      assertThat(other).isNotNull();
      assertThat(other.dtype()).isEqualTo(tensor.dtype());
      assertThat(other.shape()).isEqualTo(tensor.shape());
      assertThat(other.toDoubleArray()).containsExactly(tensor.toDoubleArray());
    });
    try (TensorFile opened = TensorFile.open(file)) {
      assertThat(opened.format()).isEqualTo(TensorFile.Format.SAFETENSORS);
      assertThat(opened.metadata()).containsEntry("step", "3");
      assertThatThrownBy(() -> opened.tensor("bias")).isInstanceOf(FileException.class).hasMessageContaining("'bias'");
      assertThatThrownBy(opened::tensor).isInstanceOf(FileException.class).hasMessageContaining("3");
    }
  }

  @Test
  void theStateBelowAPrefixHasTheNamesWithoutIt() {
    Map<String, Integer> state = new LinkedHashMap<>();
    List.of("model.w", "optimizer.step", "model.model.b", "models", "model.").forEach(name -> state.put(name, name.length()));
    assertThat(State.below("model.", state)).containsExactly(Map.entry("w", 7), Map.entry("model.b", 13), Map.entry("", 6));
  }

  @Test
  void readsTypesOfEightBits() {
    Path file = folder.resolve("f8.safetensors");
    byte[] bits = {0x00, 0x38, (byte) 0xB8, 0x01, 0x7E, 0x7F};
    var e4m3 = new SafetensorsFile.Entry("F8_E4M3", List.of(6L), MemorySegment.ofArray(bits));
    byte[] bits2 = {0x00, 0x3C, (byte) 0xBC, 0x01, 0x7B, 0x7C};
    var e5m2 = new SafetensorsFile.Entry("F8_E5M2", List.of(6L), MemorySegment.ofArray(bits2));
    SafetensorsFile.write(file, Map.of("e4m3", e4m3, "e5m2", e5m2), Map.of());
    Map<String, Tensor> loaded = State.load(file);
    assertThat(values(loaded, "e4m3")).containsExactly(0f, 1f, -1f, 0x1p-9f, 448f, Float.NaN);
    assertThat(values(loaded, "e5m2")).containsExactly(0f, 1f, -1f, 0x1p-16f, 57344f, Float.POSITIVE_INFINITY);
  }

  private static float[] values(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name)).toFloatArray();
  }

  @Test
  void readsModelsInSeveralFiles() throws IOException {
    shard("model-1.safetensors", Map.of("a", Tensor.of(1f), "b", Tensor.of(2f)));
    shard("model-2.safetensors", Map.of("c", Tensor.of(3f, 4f)));
    Path index = index("{\"c\":\"model-2.safetensors\",\"a\":\"model-1.safetensors\",\"b\":\"model-1.safetensors\"}");
    try (TensorFile file = TensorFile.open(index)) {
      assertThat(file.format()).isEqualTo(TensorFile.Format.INDEX);
      assertThat(file.shapes()).containsOnlyKeys("a", "b", "c").containsEntry("c", Shape.of(2));
      assertThat(file.tensor("c").toFloatArray()).containsExactly(3, 4);
    }
  }

  @Test
  void readsModelsInSeveralPyTorchFiles() throws IOException {
    byte[] pickle = TorchBytes.pickle().op('}').string("w")
        .tensor("FloatStorage", "0", 6, 0, new long[] {2, 3}, new long[] {3, 1}).op('s').stop();
    Files.write(folder.resolve("pytorch_model-1.bin"), TorchBytes.file(pickle, Map.of("0", TorchFileTest.SIX)));
    shard("model-2.safetensors", Map.of("c", Tensor.of(3f, 4f)));
    Path index = index("{\"w\":\"pytorch_model-1.bin\",\"c\":\"model-2.safetensors\"}");
    try (TensorFile file = TensorFile.open(index)) {
      assertThat(file.shapes()).containsOnlyKeys("w", "c");
      assertThat(file.tensor("w").toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(file.tensor("c").toFloatArray()).containsExactly(3, 4);
    }
    Files.copy(index, folder.resolve("pytorch_model-1.bin"), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> TensorFile.open(index))
        .isInstanceOf(FileException.class).hasMessageContaining("it is an index, and named by one");
  }

  @Test
  void namesInMessagesAreShortAndCannotSteerATerminal() throws IOException {
    String name = "\\u001b[2J" + "x".repeat(10_000);
    Path file = Files.write(folder.resolve("m.safetensors"), Samples.safetensors("{\"" + name + "\":3}", new byte[0]));
    assertThatThrownBy(() -> TensorFile.open(file)).isInstanceOf(FileException.class)
        .hasMessageContaining("\uFFFD[2Jxxx").hasMessageEndingWith("...").message().hasSizeLessThan(800);
  }

  @Test
  void refusesIndexesThatDoNotFit() throws IOException {
    shard("model-1.safetensors", Map.of("a", Tensor.of(1f)));
    String[] bad = {
      "{\"a\":\"missing.safetensors\"}",
      "{\"b\":\"model-1.safetensors\"}",
      "{}}{",
      "{\"a\":\"../model-1.safetensors\"}",
      "{\"a\":\"/etc/passwd\"}",
      "{\"a\":\"model-1.safetensors\",\"a\":\"model-1.safetensors\"}",
      "{\"a\":1}",
      "[]",
      "{\"a\":\"model-1.safetensors\",\"b\":\"model-1.safetensors\"}"
    };
    for (String weightMap : bad) {
      Path index = index(weightMap);
      assertThatThrownBy(() -> TensorFile.open(index)).as(weightMap).isInstanceOf(FileException.class);
    }
  }

  @Test
  void saysWhenItKnowsNothing() throws IOException {
    Path noise = Files.write(folder.resolve("noise"), new byte[] {1, 2, 3, 4, 5});
    assertThatThrownBy(() -> TensorFile.open(noise))
        .isInstanceOf(FileException.class).hasMessageContaining("tensor file");
    assertThatThrownBy(() -> TensorFile.open(folder))
        .isInstanceOf(FileException.class).hasMessageContaining("directory");
    assertThatThrownBy(() -> TensorFile.open(folder.resolve("none")))
        .isInstanceOf(FileException.class).hasMessageContaining("no such file");
    Path empty = Files.write(folder.resolve("empty"), new byte[0]);
    assertThatThrownBy(() -> TensorFile.open(empty)).isInstanceOf(FileException.class);
  }

  @Test
  void survivesDamage() throws IOException {
    Path file = folder.resolve("m.safetensors");
    State.save(file, Map.of("a", Tensor.of(1f, 2f), "b", Tensor.of(true)), Map.of("k", "v"));
    Mutations.check(file, Files.readAllBytes(file));
    shard("model-1.safetensors", Map.of("a", Tensor.of(1f)));
    Path index = index("{\"a\":\"model-1.safetensors\"}");
    Mutations.check(index, Files.readAllBytes(index));
  }
}
