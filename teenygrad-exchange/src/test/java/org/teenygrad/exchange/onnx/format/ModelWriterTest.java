package org.teenygrad.exchange.onnx.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.Onnx;
import org.teenygrad.nn.Linear;

class ModelWriterTest {
  @TempDir Path folder;

  @Test
  void weightsThatAreTooManyAreInAFileBeside() {
    Linear layer = Linear.of(64, 32);
    Tensor x = Tensor.rand(3, 64);
    Path whole = folder.resolve("whole.onnx");
    Onnx.save(layer, whole, x);
    Model model = ModelReader.read(whole);
    Path split = folder.resolve("split.onnx");
    ModelWriter.write(model, split, 5000);
    assertThat(split.toFile().length()).isLessThan(1500);
    assertThat(folder.resolve("split.onnx.data").toFile()).hasSize(64 * 32 * 4);
    assertThat(Onnx.load(split).call(x).data()).containsExactly(Onnx.load(whole).call(x).data());
  }

  @Test
  void whatIsReadIsWrittenAgain() {
    Path file = folder.resolve("model.onnx");
    Onnx.save(Linear.of(4, 2), file, Tensor.ones(1, 4));
    Model model = ModelReader.read(file);
    assertThat(ModelReader.model(MemorySegment.ofArray(ModelWriter.message(model).toBytes())).graph().inputs()).isEqualTo(model.graph().inputs());
    assertThat(file.toFile()).hasBinaryContent(ModelWriter.message(model).toBytes());
  }
}
