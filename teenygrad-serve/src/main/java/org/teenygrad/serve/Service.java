package org.teenygrad.serve;

import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Request;
import org.teenygrad.nanochat.json.Json;

/// A model at work: its engine, and what answers the calls that are about it.
record Service(ServedModel model, EngineThread engine, Completions completions, Tokenization tokenization, Embeddings embeddings) implements AutoCloseable {

  /// @param cache how many tokens its engine remembers
  /// @param device whose holder computes
  static Service of(ServedModel model, ServeSettings settings, CacheSize cache, Lock device, Gate gate, Metrics metrics, Consumer<Throwable> failures) {
    EngineThread engine = new EngineThread(() -> Engine.of(model.model(), settings.rows(), cache.tokens(), settings.precision()), cache, device, metrics, failures);
    return new Service(
        model, engine, new Completions(model, settings, new OutputFormat(model), new Generating(model, settings, engine, gate, metrics)),
        new Tokenization(model, settings), new Embeddings(model, new Prompts(model), engine, gate));
  }

  /// The first request finds the kernels compiled.
  void warmUp() {
    try (TokenFeed feed = engine.submit(List.of(Request.of(new int[] {0}, 2, model.sampling())))) {
      for (int token = 0; token < 2; token++) {
        feed.next(Long.MAX_VALUE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What `/v1/models` says of it.
  Map<String, @Nullable Object> json() {
    return Json.members("id", model.id(), "object", "model", "created", 0, "owned_by", "teenygrad", "max_model_len", model.model().maxPositions(),
        "vocab_size", model.model().vocabSize(), "chat", model.chat() != null);
  }

  @Override
  public void close() {
    engine.close();
  }
}
