package org.teenygrad.exchange.onnx.peers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Recorded;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.Onnx;
import org.teenygrad.exchange.onnx.OnnxModel;

/// all-MiniLM-L6-v2, a BERT of 22 million parameters, gives the embeddings that onnxruntime gives; prints what both take.
class MiniLmTest {
  private static final List<String> WHO = List.of(
      "A cat", "The old captain", "My neighbour", "Nobody", "Every student", "A small robot", "The committee", "Her brother", "An engineer", "The river");
  private static final List<String> WHAT = List.of(
      "sleeps in the sun", "repairs a broken clock", "remembers the war", "sings loudly at night", "solves equations", "crosses the bridge",
      "wants more coffee", "reads about whales", "forgot the password", "flows to the sea");
  private static final int LENGTH = 16;

  @TempDir Path folder;

  /// Token ids and masks (sentences, [#LENGTH]), filled up at the end.
  private record Batch(long[] ids, long[] mask, int size) {
    Tensor tensor(long[] values) {
      return Tensor.of(values, size, LENGTH);
    }

    Tensor[] tensors() {
      return new Tensor[] {tensor(ids), tensor(mask), tensor(new long[ids.length])};
    }
  }

  private static Path copied(Path folder, String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(MiniLmTest.class.getResourceAsStream("/" + name), name)) {
      Path file = folder.resolve(name);
      Files.copy(in, file);
      return file;
    }
  }

  private static List<Batch> batches(HuggingFaceTokenizer tokenizer, List<String> sentences, int size) {
    List<Batch> batches = new ArrayList<>();
    for (int begin = 0; begin < sentences.size(); begin += size) {
      long[] ids = new long[size * LENGTH];
      long[] mask = new long[size * LENGTH];
      for (int i = 0; i < size; i++) {
        long[] tokens = tokenizer.encode(sentences.get((begin + i) % sentences.size())).getIds();
        assertThat(tokens.length).isLessThanOrEqualTo(LENGTH);
        System.arraycopy(tokens, 0, ids, i * LENGTH, tokens.length);
        Arrays.fill(mask, i * LENGTH, i * LENGTH + tokens.length, 1);
      }
      batches.add(new Batch(ids, mask, size));
    }
    return batches;
  }

  /// The mean of the tokens' vectors, of length 1.
  private static Tensor embeddings(Tensor hidden, Tensor mask) {
    Tensor weights = mask.toFloat().unsqueeze(-1);
    return hidden.mul(weights).sum(1).div(weights.sum(1)).normalize(2, -1, 1e-12);
  }

  private static float[] theirs(OrtEnvironment environment, OrtSession session, Batch batch) throws OrtException {
    long[] shape = {batch.size(), LENGTH};
    try (OnnxTensor ids = OnnxTensor.createTensor(environment, LongBuffer.wrap(batch.ids()), shape);
        OnnxTensor mask = OnnxTensor.createTensor(environment, LongBuffer.wrap(batch.mask()), shape);
        OnnxTensor types = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[batch.ids().length]), shape);
        OrtSession.Result result = session.run(Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
      float[] hidden = new float[batch.size() * LENGTH * 384];
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(hidden);
      return hidden;
    }
  }

  @Test
  void embeddingsAreThoseOfOnnxruntime() throws IOException, OrtException {
    List<String> sentences = WHO.stream().flatMap(who -> WHAT.stream().map(what -> who + " " + what + ".")).toList();
    Path file = copied(folder, "all-minilm-l6-v2.onnx");
    OnnxModel model = Onnx.load(file);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
    try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(copied(folder, "all-minilm-l6-v2-tokenizer.json"));
        OrtSession session = environment.createSession(file.toString(), options)) {
      for (int size : new int[] {1, 32}) {
        Recorded recorded = Recorded.of(inputs -> Tensor.noGrad(() -> model.call(inputs.toArray(Tensor[]::new))));
        double worst = 0;
        long own = Long.MAX_VALUE;
        long other = Long.MAX_VALUE;
        for (Batch batch : batches(tokenizer, sentences, size)) {
          Tensor[] inputs = batch.tensors();
          recorded.call(inputs);
          for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            recorded.call(inputs).data();
            long between = System.nanoTime();
            theirs(environment, session, batch);
            own = Math.min(own, between - start);
            other = Math.min(other, System.nanoTime() - between);
          }
          Tensor expected = Tensor.of(theirs(environment, session, batch), Shape.of(size, LENGTH, 384), inputs[0].device());
          float[] a = embeddings(recorded.call(inputs), inputs[1]).data();
          float[] b = embeddings(expected, inputs[1]).data();
          for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
          }
        }
        System.out.printf(Locale.ROOT, "batch %d: %.2f ms, onnxruntime %.2f ms; embeddings differ by %.1e at most%n", size, own / 1e6, other / 1e6, worst);
        assertThat(worst).isLessThan(1e-4);
      }
    }
  }
}
