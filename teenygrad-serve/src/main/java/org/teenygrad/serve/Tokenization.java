package org.teenygrad.serve;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.Call;

/// `/tokenize` and `/detokenize`, in vLLM's terms.
record Tokenization(ServedModel model, ServeSettings settings) {

  /// Of a `prompt`, or of `messages`, with what leads to the answer.
  void tokenize(Call call, Parameters given) throws IOException {
    given.requireOnly(Set.of("model", "prompt", "messages", "add_special_tokens"));
    ChatFormat chat = model.chat();
    int[] tokens;
    if (given.has("messages") && chat != null) {
      tokens = chat.prompt(Messages.of(given, settings.maxMessages()));
    } else {
      int[] text = model.tokenizer().encode(given.string("prompt"));
      int[] beginning = given.truth("add_special_tokens", true) ? model.beginning() : new int[0];
      tokens = IntStream.concat(IntStream.of(beginning), IntStream.of(text)).toArray();
    }
    call.send(200, Json.members(
        "count", tokens.length, "max_model_len", model.model().maxPositions(), "tokens", Arrays.stream(tokens).boxed().toList()));
  }

  void detokenize(Call call, Parameters given) throws IOException {
    given.requireOnly(Set.of("model", "tokens"));
    call.send(200, Json.members("prompt", model.tokenizer().decode(given.integers("tokens"))));
  }
}
