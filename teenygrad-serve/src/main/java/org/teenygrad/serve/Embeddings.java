package org.teenygrad.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nn.Mode;
import org.teenygrad.serve.http.ApiError;
import org.teenygrad.serve.http.Call;

/// `/v1/embeddings`: the mean of what the last block makes of a text's tokens, with length 1. The model was not trained for it,
/// which the answer says by its `pooling`.
record Embeddings(ServedModel model, Prompts prompts, EngineThread engine, Gate gate) {
  /// Texts are padded to a power of two of at least this, so that few schedules are ever seen.
  private static final int SHORTEST = 32;

  void answer(Call call, Parameters given) throws IOException {
    given.requireOnly(Set.of("model", "input", "encoding_format", "dimensions", "user"));
    List<int[]> texts = prompts.of(given, "input");
    texts.forEach(text -> GenerationRequest.requireRoom(text, model));
    boolean isBase64 = given.has("encoding_format") && given.string("encoding_format").equals("base64");
    if (given.has("dimensions")) {
      throw ApiError.invalid("dimensions", "dimensions is not supported: vectors are as long as the model has them");
    }
    List<Object> data = new ArrayList<>();
    int tokens = 0;
    try (Gate.Admission _ = gate.admit(call, false)) {
      for (int[] text : texts) {
        float[] vector = engine.call(() -> Tensor.noGrad(() -> Mode.EVALUATION.call(() -> embedding(text))));
        data.add(Json.members("object", "embedding", "index", data.size(), "embedding", isBase64 ? base64(vector) : numbers(vector)));
        tokens += text.length;
      }
    }
    call.count(tokens, 0);
    call.send(200, Json.members(
        "object", "list", "data", data, "model", model.id(), "pooling", "mean of the last hidden states",
        "usage", Json.members("prompt_tokens", tokens, "total_tokens", tokens)));
  }

  private float[] embedding(int[] text) {
    int time = Math.max(SHORTEST, text.length == 1 ? 1 : Integer.highestOneBit(text.length - 1) << 1);
    Tensor hidden = model.model().hidden(Tensor.of(Arrays.copyOf(text, time), 1, time), null, KeyValues.CAUSAL).cast(DType.FLOAT32);
    Tensor isText = Tensor.arange(time).lt(Tensor.of(new int[] {text.length}, 1)).unsqueeze(-1); // (time, 1)
    float[] sum = isText.where(hidden.squeeze(0), 0).sum(0).toFloatArray();
    double length = 0;
    for (float x : sum) {
      length += (double) x * x;
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] = (float) (sum[i] / Math.sqrt(length)); // the mean's direction is the sum's
    }
    return sum;
  }

  private static List<Float> numbers(float[] vector) {
    List<Float> numbers = new ArrayList<>();
    for (float x : vector) {
      numbers.add(x);
    }
    return numbers;
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
