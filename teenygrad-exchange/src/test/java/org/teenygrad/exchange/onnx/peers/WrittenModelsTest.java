package org.teenygrad.exchange.onnx.peers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.DType;
import org.teenygrad.Recorded;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.part2.Bert;
import org.teenygrad.book.part2.LeNet;
import org.teenygrad.exchange.onnx.Onnx;
import org.teenygrad.exchange.onnx.OnnxExportTest;
import org.teenygrad.exchange.onnx.OnnxInput;
import org.teenygrad.exchange.onnx.OnnxModel;
import org.teenygrad.exchange.onnx.format.ModelReader;
import org.teenygrad.exchange.onnx.format.TensorData;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.llama.LlamaConfig;
import org.teenygrad.models.llama.Rope;
import org.teenygrad.models.nanogpt.GptConfig;
import org.teenygrad.nn.Layer;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;

/// What we write gives the same numbers in onnxruntime.
class WrittenModelsTest {
  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("model.onnx");
  }

  private float[] theirs(Tensor input, String name) throws OrtException {
    long[] shape = input.shape().stream().asLongStream().toArray();
    try (OrtSession session = ENVIRONMENT.createSession(file().toString(), new OrtSession.SessionOptions());
        OnnxTensor given = input.dtype() == DType.INT64
            ? OnnxTensor.createTensor(ENVIRONMENT, LongBuffer.wrap(input.toLongArray()), shape)
            : OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(input.toFloatArray()), shape);
        OrtSession.Result result = session.run(Map.of(name, given))) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] floats = new float[values.remaining()];
      values.get(floats);
      return floats;
    }
  }

  private static double apart(float[] ours, float[] theirs) {
    assertThat(theirs).hasSameSizeAs(ours);
    double worst = 0;
    for (int i = 0; i < ours.length; i++) {
      worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
    }
    return worst;
  }

  /// Parameters keep their names; of one tensor that has two, one is enough.
  private void namesAreKept(Module module) {
    Set<String> written = ModelReader.read(file()).graph().initializers().stream().map(TensorData::name).collect(Collectors.toSet());
    Map<String, Tensor> state = module.stateDict();
    state.forEach((name, tensor) -> assertThat(state.keySet().stream().filter(other -> Objects.requireNonNull(state.get(other)).node() == tensor.node()))
        .as(name).anyMatch(written::contains));
  }

  static List<? extends Module> languageModels() {
    Tensor.manualSeed(1);
    LlamaConfig llama = new LlamaConfig(300, 64, 128, 2, 4, 2, 16, 512, 1e-6, Rope.of(1e4), false, true, true);
    org.teenygrad.nanochat.model.GptConfig nanochat = new org.teenygrad.nanochat.model.GptConfig(64, 300, 4, 4, 2, 64, "SSSL");
    return List.of(
        org.teenygrad.models.nanogpt.Gpt.of(new GptConfig(65, 64, 4, 4, 128, 0.1, true)),
        org.teenygrad.nanochat.model.Gpt.of(nanochat, DType.FLOAT32),
        Llama.random(llama, DType.FLOAT32));
  }

  @ParameterizedTest
  @MethodSource("languageModels")
  void logitsAreThoseOfOnnxruntime(Module module) throws OrtException {
    CausalModel model = (CausalModel) module;
    module.stateDict().values().stream().filter(Tensor::isLeaf).forEach(weight -> weight.update(weight.add(weight.randLike().sub(0.5).mul(0.1)).detach()));
    OnnxInput ids = OnnxInput.of("ids", DType.INT64, 1, 1).open(0, "batch").open(1, "time", model.maxPositions());
    Onnx.save(module, inputs -> model.scores(model.hidden(inputs.getFirst(), null, KeyValues.CAUSAL)), file(), ids);
    namesAreKept(module);
    OnnxModel read = Onnx.load(file());
    for (int[] shape : new int[][] {{1, 1}, {2, 50}, {3, 64}}) {
      Tensor tokens = Tensor.randint(0, model.vocabSize(), shape).toLong().realize();
      float[] ours = Mode.EVALUATION.call(() -> model.scores(model.hidden(tokens, null, KeyValues.CAUSAL))).data();
      double apart = apart(ours, theirs(tokens, "ids"));
      System.out.printf(Locale.ROOT, "%s (%d, %d): logits up to %.1f differ by %.1e at most%n",
          module.getClass(), shape[0], shape[1], apart(ours, new float[ours.length]), apart);
      assertThat(apart).isLessThan(1e-4);
      assertThat(apart(ours, read.call(tokens).data())).isLessThan(1e-4);
    }
  }

  static List<Program> programs() {
    return List.of(new LeNet(64, 1, 32, 3e-3), new Bert(4, 4, 16, 32, 1, 1e-3));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void aModelOfTheBookIsThatOfOnnxruntime(Program program) throws OrtException {
    Page page = new Page(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), folder, Optional.empty());
    program.run(page);
    Page.Trained trained = page.trained().orElseThrow();
    Onnx.save(trained.module(), inputs -> trained.forward().apply(inputs.getFirst()), file(), OnnxInput.of("input", trained.input()).open(0, "batch"));
    namesAreKept(trained.module());
    int[] shape = trained.input().shape().with(0, 5).toArray();
    Tensor input = (trained.input().dtype() == DType.INT64 ? Tensor.randint(0, 100, shape).toLong() : Tensor.rand(shape).mul(255)).realize();
    double apart = apart(Mode.EVALUATION.call(() -> trained.forward().apply(input)).data(), theirs(input, "input"));
    System.out.printf(Locale.ROOT, "%s: outputs differ by %.1e at most%n", program.section().name(), apart);
    assertThat(apart).isLessThan(1e-4);
  }

  static List<?> expressions() {
    return OnnxExportTest.expressions();
  }

  @ParameterizedTest
  @MethodSource("expressions")
  void anExpressionIsWhatOnnxruntimeMakesOfIt(Layer layer) throws OrtException {
    Tensor x = OnnxExportTest.numbers();
    Onnx.save(layer, inputs -> layer.forward(inputs.getFirst()), file(), OnnxInput.of("x", x));
    assertThat(apart(Recorded.expression(() -> layer.forward(x)).data(), theirs(x, "x"))).isLessThan(1e-4);
  }
}
