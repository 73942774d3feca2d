package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.serve.TinyServer.choice;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.json.Json;

class ToolsTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String TOOLS = """
      , "tools": [{"type": "function", "function": {"name": "calculate", "parameters":
        {"type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]}}}]""";

  private static String chat(String messages, String more) {
    return "{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}" + messages + "]" + more + "}";
  }

  @Test
  void theServerCalculatesAndShowsIt() {
    try (TinyServer server = new TinyServer(Bigram.CALCULATING, TinyServer.SETTINGS)) {
      Map<String, Object> choice = choice(server.json(CHAT, chat("", "")));
      assertThat(choice).containsEntry("finish_reason", "stop");
      assertThat(Json.object(choice, "message")).isEqualTo(Map.of("role", "assistant", "content", "a.", "parts", List.of(
          Map.of("type", "text", "text", "a"), Map.of("type", "python", "text", "9+3"), Map.of("type", "python_output", "text", "12"),
          Map.of("type", "text", "text", "."))));
      List<Object> deltas = server.events(CHAT, chat("", ", \"stream\": true")).stream().map(event -> choice(event).get("delta")).toList();
      assertThat(deltas).containsExactly(
          Map.of("role", "assistant", "content", ""), Map.of("content", "a"), Map.of("part", Map.of("type", "python", "text", "9+3")),
          Map.of("part", Map.of("type", "python_output", "text", "12")), Map.of("content", "."), Map.of());
    }
  }

  @Test
  void aClientCanCalculateItself() {
    try (TinyServer server = new TinyServer(Bigram.CALCULATING, TinyServer.SETTINGS)) {
      Map<String, Object> choice = choice(server.json(CHAT, chat("", TOOLS)));
      assertThat(choice).containsEntry("finish_reason", "tool_calls");
      Map<String, Object> call = Json.asObject(Json.list(Json.object(choice, "message"), "tool_calls").getFirst(), "call");
      assertThat(Json.object(call, "function")).isEqualTo(Map.of("name", "calculate", "arguments", "{\"expression\":\"9+3\"}"));
      String said = Json.text(Json.object(choice, "message"));
      String answered = "{\"role\": \"tool\", \"tool_call_id\": \"" + Json.string(call, "id") + "\", \"content\": \"13\"}";
      Map<String, Object> next = choice(server.json(CHAT, chat(", " + said + ", " + answered, TOOLS)));
      assertThat(Json.object(next, "message")).containsEntry("content", ".");
      List<Map<String, Object>> events = server.events(CHAT, chat("", TOOLS + ", \"stream\": true"));
      assertThat(Json.text(choice(events.getLast()))).contains("\"tool_calls\":[{\"index\":0,\"id\":\"call_", "\"finish_reason\":\"tool_calls\"");
    }
  }

  @Test
  void theConversationIsReadAsTheModelLearnedIt() {
    NanochatModel format = new NanochatModel(TinyServer.BYTES);
    Parameters given = new Parameters(Json.object("""
        {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "u"}]},
          {"role": "assistant", "content": "t", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{\\"x\\": \\"1+1\\"}"}}]},
          {"role": "tool", "tool_call_id": "1", "content": "2"}, {"role": "assistant", "content": "v"}, {"role": "user", "content": "w"}]}"""));
    assertThat(TinyServer.BYTES.decode(format.prompt(Messages.of(given, 10)))).isEqualTo(
        "<|bos|><|user_start|>s\n\nu<|user_end|><|assistant_start|>t<|python_start|>1+1<|python_end|><|output_start|>2<|output_end|>v<|assistant_end|>"
        + "<|user_start|>w<|user_end|><|assistant_start|>");
  }

  @Test
  void charactersOfSeveralTokensAreWhole() {
    try (TinyServer server = new TinyServer(Bigram.EURO, TinyServer.SETTINGS)) {
      List<Object> deltas = server.events(CHAT, chat("", ", \"stream\": true")).stream().map(event -> Json.object(choice(event), "delta").get("content")).toList();
      assertThat(deltas).containsExactly("", "a", "é", "€", ".", null);
      assertThat(Json.object(choice(server.json(CHAT, chat("", ", \"max_tokens\": 5"))), "message")).containsEntry("content", "aé\uFFFD");
      assertThat(choice(server.json(CHAT, chat("", ", \"max_tokens\": 5, \"stop\": [\"é\"]")))).containsEntry("finish_reason", "stop");
      assertThat(choice(server.json(CHAT, chat("", ", \"stop_token_ids\": [46]")))).extracting("message").extracting("content").isEqualTo("aé€");
      assertThat(Json.text(server.json(CHAT, chat("", ", \"max_tokens\": 9, \"ignore_eos\": true")))).contains("\"finish_reason\":\"length\"");
    }
  }
}
