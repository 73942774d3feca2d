package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.nanochat.json.Json;

/// OpenAI's `text_completion`, whole and in chunks.
///
/// @param created seconds since 1970
record TextReply(String id, long created, ServedModel model, boolean hasLogprobs) implements ReplyFormat {

  @Override
  public Map<String, @Nullable Object> whole(List<Answer> answers, Map<String, @Nullable Object> usage) {
    List<Object> choices = new ArrayList<>();
    for (Answer answer : answers) {
      choices.add(choice(choices.size(), answer.text(), answer.tokens(), answer.finishReason()));
    }
    return envelope(choices, usage);
  }

  @Override
  public @Nullable Map<String, @Nullable Object> opening(int choice) {
    return null;
  }

  @Override
  public Map<String, @Nullable Object> chunk(Delta delta) {
    return envelope(List.of(choice(delta.choice(), delta.text(), delta.tokens(), delta.finishReason())), null);
  }

  @Override
  public Map<String, @Nullable Object> closing(Map<String, @Nullable Object> usage) {
    return envelope(List.of(), usage);
  }

  private Map<String, @Nullable Object> envelope(List<?> choices, @Nullable Map<String, @Nullable Object> usage) {
    Map<String, @Nullable Object> json =
        Json.members("id", id, "object", "text_completion", "created", created, "model", model.id(), "choices", choices);
    if (usage != null) {
      json.put("usage", usage);
    }
    return json;
  }

  private Map<String, @Nullable Object> choice(int index, String text, List<GeneratedToken> tokens, @Nullable String finishReason) {
    return Json.members("index", index, "text", text, "logprobs", hasLogprobs ? logprobs(tokens) : null, "finish_reason", finishReason);
  }

  private Map<String, @Nullable Object> logprobs(List<GeneratedToken> tokens) {
    List<String> texts = tokens.stream().map(token -> model.tokenizer().decode(token.token())).toList();
    List<Map<String, @Nullable Object>> alternatives = tokens.stream().map(token -> {
      Map<String, @Nullable Object> byText = Json.members();
      token.alternatives().forEach(each -> byText.put(model.tokenizer().decode(each.token()), each.logProbability()));
      return byText;
    }).toList();
    return Json.members("tokens", texts, "token_logprobs", tokens.stream().map(GeneratedToken::logProbability).toList(), "top_logprobs", alternatives);
  }
}
