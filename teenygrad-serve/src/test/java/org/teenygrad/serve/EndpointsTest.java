package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.teenygrad.serve.TinyServer.choice;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.nanochat.json.Json;

class EndpointsTest {
  private static final String TEXT = "{\"prompt\": \"ab\", \"max_tokens\": 3, \"temperature\": 0";
  private static TinyServer server;

  @BeforeAll
  static void start() {
    server = new TinyServer();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  @Test
  void textsAreTokensAndBack() {
    int bos = TinyServer.MODEL.beginning()[0];
    assertThat(server.json("/tokenize", "{\"prompt\": \"ab\"}")).containsEntry("tokens", List.of((long) bos, 97L, 98L)).containsEntry("count", 3L);
    assertThat(server.json("/tokenize", "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}")).containsEntry("count", 5L);
    assertThat(server.json("/detokenize", "{\"tokens\": [97, 98]}")).containsEntry("prompt", "ab");
    assertThat(server.post("/detokenize", "{\"tokens\": [999]}").statusCode()).isEqualTo(400);
  }

  @Test
  void anEmbeddingIsTheMeanOfTheLastHiddenStates() {
    Tensor hidden = TinyServer.MODEL.model().hidden(Tensor.of(new int[] {97, 98, 99}, 1, 3), null, KeyValues.CAUSAL);
    double[] mean = hidden.mean(1).squeeze(0).div(hidden.mean(1).square().sum().sqrt()).toDoubleArray();
    Map<String, Object> reply = server.json("/v1/embeddings", "{\"model\": \"tiny\", \"input\": [[97, 98, 99], [97]]}");
    assertThat(reply).containsEntry("pooling", "mean of the last hidden states");
    List<?> vector = Json.list(Json.asObject(Json.list(reply, "data").getFirst(), "first"), "embedding");
    String encoded = Json.string(Json.asObject(Json.list(
        server.json("/v1/embeddings", "{\"input\": [97, 98, 99], \"encoding_format\": \"base64\"}"), "data").getFirst(), "first"), "embedding");
    FloatBuffer floats = ByteBuffer.wrap(Base64.getDecoder().decode(encoded)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    assertThat(vector).hasSize(mean.length);
    for (int i = 0; i < mean.length; i++) {
      assertThat((Double) vector.get(i)).isCloseTo(mean[i], within(1e-5)).isCloseTo(floats.get(i), within(1e-7));
    }
  }

  @Test
  void logProbabilitiesAreShown() {
    Map<String, Object> logprobs = Json.object(choice(server.json("/v1/completions", TEXT + ", \"logprobs\": 2}")), "logprobs");
    List<?> chosen = Json.list(logprobs, "token_logprobs");
    assertThat(chosen).isNotEmpty().allSatisfy(each -> assertThat((Double) each).isNegative());
    Map<String, Object> first = Json.asObject(Json.list(logprobs, "top_logprobs").getFirst(), "alternatives");
    assertThat(first).containsEntry(Json.list(logprobs, "tokens").getFirst().toString(), chosen.getFirst()); // the likeliest was taken
    Map<String, Object> chat = choice(server.json(
        "/v1/chat/completions",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], \"max_tokens\": 3, \"temperature\": 0, \"logprobs\": true, \"top_logprobs\": 2}"));
    Map<String, Object> token = Json.asObject(Json.list(Json.object(chat, "logprobs"), "content").getFirst(), "token");
    assertThat(Json.list(token, "top_logprobs")).hasSize(2);
    assertThat(Json.asObject(Json.list(token, "top_logprobs").getFirst(), "first")).containsEntry("logprob", token.get("logprob"));
  }

  @Test
  void aBiasDecides() {
    String biased = TEXT + ", \"logit_bias\": {\"120\": 100}}";
    assertThat(choice(server.json("/v1/completions", biased))).containsEntry("text", "xxx");
    assertThat(Json.string(choice(server.json("/v1/completions", biased.replace("}}", "}, \"presence_penalty\": 2, \"repetition_penalty\": 100}"))), "text"))
        .startsWith("x").isNotEqualTo("xxx");
  }

  @Test
  void theServerTellsOfItself() {
    server.json("/v1/completions", TEXT + "}");
    assertThat(server.get("/v1/models").body()).contains("\"id\":\"tiny\"", "\"max_model_len\":640");
    assertThat(server.get("/version").body()).isEqualTo("{\"version\":\"1.2.3\"}");
    String metrics = server.get("/metrics").body();
    assertThat(metrics).contains("teenygrad_choices_waiting 0\n", "teenygrad_cache_used_tokens 0\n", "# TYPE teenygrad_time_to_first_token_seconds histogram\n", "_bucket{le=\"+Inf\"} ");
    assertThat(metrics.lines().filter(line -> !line.startsWith("#"))).allMatch(line -> line.matches("[a-z_]+(\\{[a-z_]+=\"[^\"]*\"})? [0-9.]+"));
    assertThat(server.log().lines()).anyMatch(line -> line.contains("POST /v1/completions 200 3+3 tokens "));
  }
}
