package org.teenygrad.serve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.nanochat.json.Json;

/// OpenAI's `chat.completion` and `chat.completion.chunk`.
///
/// Tools that the server calls itself are no `tool_calls`, which would ask the client to call them: an answer with such calls has
/// its `parts` beside its `content`, a chunk the `part` that has become complete.
///
/// @param created seconds since 1970
/// @param tool the client's tool that the model may call; null for the server's
record ChatReply(String id, long created, ServedModel model, @Nullable ClientTool tool, boolean hasLogprobs) implements ReplyFormat {

  @Override
  public Map<String, @Nullable Object> whole(List<Answer> answers, Map<String, @Nullable Object> usage) {
    List<Object> choices = new ArrayList<>();
    for (Answer answer : answers) {
      Map<String, @Nullable Object> message = Json.members("role", "assistant", "content", answer.text());
      List<MessagePart> parts = answer.parts();
      if (tool != null && !parts.isEmpty()) {
        message.put("content", answer.text().isEmpty() ? null : answer.text());
        message.put("tool_calls", List.of(tool.call(callId(choices.size()), parts.getLast().text())));
      } else if (!parts.isEmpty()) {
        message.put("parts", parts.stream().map(MessagePart::json).toList());
      }
      choices.add(Json.members(
          "index", choices.size(), "message", message, "logprobs", logprobs(answer.tokens()), "finish_reason", answer.finishReason()));
    }
    Map<String, @Nullable Object> reply = envelope("chat.completion", choices);
    reply.put("usage", usage);
    return reply;
  }

  @Override
  public Map<String, @Nullable Object> opening(int choice) {
    return chunk(choice, Json.members("role", "assistant", "content", ""), List.of(), null);
  }

  @Override
  public Map<String, @Nullable Object> chunk(Delta delta) {
    Map<String, @Nullable Object> json = Json.members();
    if (!delta.text().isEmpty()) {
      json.put("content", delta.text());
    }
    MessagePart part = delta.part();
    if (part != null && tool != null) {
      Map<String, @Nullable Object> call = Json.members("index", 0);
      call.putAll(tool.call(callId(delta.choice()), part.text()));
      json.put("tool_calls", List.of(call));
    } else if (part != null) {
      json.put("part", part.json());
    }
    return chunk(delta.choice(), json, delta.tokens(), delta.finishReason());
  }

  private Map<String, @Nullable Object> chunk(
      int choice, Map<String, @Nullable Object> delta, List<GeneratedToken> tokens, @Nullable String finishReason) {
    return envelope("chat.completion.chunk", List.of(
        Json.members("index", choice, "delta", delta, "logprobs", tokens.isEmpty() ? null : logprobs(tokens), "finish_reason", finishReason)));
  }

  @Override
  public Map<String, @Nullable Object> closing(Map<String, @Nullable Object> usage) {
    Map<String, @Nullable Object> chunk = envelope("chat.completion.chunk", List.of());
    chunk.put("usage", usage);
    return chunk;
  }

  private Map<String, @Nullable Object> envelope(String object, List<?> choices) {
    return Json.members("id", id, "object", object, "created", created, "model", model.id(), "choices", choices);
  }

  private String callId(int choice) {
    return "call_" + id.substring(id.indexOf('-') + 1) + "_" + choice;
  }

  private @Nullable Object logprobs(List<GeneratedToken> tokens) {
    if (!hasLogprobs) {
      return null;
    }
    return Json.members("content", tokens.stream().map(token -> {
      Map<String, @Nullable Object> json = token(token.token(), token.logProbability());
      json.put("top_logprobs", token.alternatives().stream().map(each -> token(each.token(), each.logProbability())).toList());
      return json;
    }).toList(), "refusal", null);
  }

  private Map<String, @Nullable Object> token(int token, float logProbability) {
    byte[] bytes = model.tokenizer().decodeBytes(token);
    List<Integer> numbers = IntStream.range(0, bytes.length).mapToObj(i -> bytes[i] & 0xff).toList();
    return Json.members("token", new String(bytes, StandardCharsets.UTF_8), "logprob", logProbability, "bytes", numbers);
  }
}
