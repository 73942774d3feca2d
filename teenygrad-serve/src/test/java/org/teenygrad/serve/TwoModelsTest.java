package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.teenygrad.serve.TinyServer.choice;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.json.Json;

/// One server, two models: a request names the one it means.
class TwoModelsTest {
  private static final String TEXT = "/v1/completions";

  private static TinyServer server;

  @BeforeAll
  static void start() {
    server = new TinyServer(List.of(TinyServer.MODEL, Bigram.ENDLESS), TinyServer.SETTINGS);
  }

  @AfterAll
  static void end() {
    server.close();
  }

  private static String text(String more) {
    return Json.string(choice(server.json(TEXT, "{\"prompt\": \"b\", \"max_tokens\": 6, \"temperature\": 0" + more + "}")), "text");
  }

  @Test
  void aRequestNamesItsModel() {
    assertThat(text(", \"model\": \"endless\"")).isEqualTo("cabcab");
    assertThat(text(", \"model\": \"tiny\"")).isEqualTo(text("")).isNotEqualTo("cabcab");
    List<?> models = Json.list(Json.object(server.get("/v1/models").body()), "data");
    assertThat(models).extracting(each -> Json.string(Json.asObject(each, "model"), "id")).containsExactly("tiny", "endless");
    assertThat(server.get("/v1/models/endless").body()).contains("\"max_model_len\":65536");
    HttpResponse<String> other = server.post(TEXT, "{\"prompt\": \"b\", \"model\": \"gpt\"}");
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(other.body()).contains("there is 'tiny', 'endless'");
  }

  @Test
  void bothAnswerAtOnce() {
    String expected = text("");
    List<CompletableFuture<String>> answers = IntStream.range(0, 12).mapToObj(i -> CompletableFuture.supplyAsync(
        () -> text(i % 2 == 0 ? "" : ", \"model\": \"endless\""))).toList();
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).join()).isEqualTo(i % 2 == 0 ? expected : "cabcab");
    }
    assertThat(server.get("/metrics").body()).contains("teenygrad_rows 16\n");
  }

  @Test
  void modelsOfOneNameAreRefused() {
    assertThatThrownBy(() -> new TinyServer(List.of(Bigram.EURO, Bigram.EURO), TinyServer.SETTINGS)).hasMessageContaining("[euro, euro]");
    List<ServedModel> named = ServedModel.named(List.of(Bigram.EURO, Bigram.EURO, Bigram.ENDLESS), List.of(Path.of("out/a"), Path.of("b"), Path.of("c")));
    assertThat(named).extracting(ServedModel::id).containsExactly("a-euro", "b-euro", "endless");
  }

  @Test
  void whatIsGuessedIsOnlySooner() {
    String plain = text(", \"model\": \"endless\", \"max_tokens\": 60");
    assertThat(text(", \"model\": \"endless\", \"max_tokens\": 60, \"speculate\": 8")).isEqualTo(plain);
    assertThat(server.get("/metrics").body()).containsPattern("teenygrad_accepted_draft_tokens_total [1-9]");
    assertThat(server.post(TEXT, "{\"prompt\": \"b\", \"speculate\": 33}").body()).contains("speculate must be 0 to 32");
  }

  @Test
  void aCacheTakesHalfOfWhatIsFreeAtMost() {
    assertThat(CacheSize.of(1000, 4000, 1L << 40, 1)).isEqualTo(new CacheSize(4000, 4_096_000, 1L << 40));
    assertThat(CacheSize.of(1000, 4000, 4_200_000, 1)).isEqualTo(new CacheSize(2048, 2_048_000, 4_200_000));
    assertThat(CacheSize.of(1000, 4000, 4_200_000, 2).tokens()).isEqualTo(1024);
    assertThat(CacheSize.of(0, 4000, 4_200_000, 1).tokens()).isEqualTo(4000);
    assertThat(CacheSize.of(1000, 4000, 4_200_000, 1)).hasToString("keys and values of 2,048 tokens in at most 2.0 MB, of 4.2 MB that are free");
    assertThat(server.server.caches()).containsOnlyKeys("tiny", "endless");
  }
}
