package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.serve.TinyServer.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nanochat.tasks.ToolUse;
import org.teenygrad.nanochat.tokenizer.RenderedConversation;

class CompletionsTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String TEXT = "/v1/completions";
  private static final String HELLO = "\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}], \"temperature\": 0";

  private static TinyServer server;

  @BeforeAll
  static void start() {
    server = new TinyServer();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  /// What the engine alone makes of it.
  private static Completion expected(int[] prompt, int tokens, Sampling sampling, boolean isChat) {
    Request request = Request.of(prompt, tokens, sampling)
        .withState(isChat ? () -> new ToolUse(TinyServer.BYTES) : RowState.endingWith(TinyServer.MODEL.ends()));
    return Engine.of(TinyServer.MODEL.model(), 1).generate(List.of(request)).getFirst();
  }

  private static String text(Completion completion) {
    int[] text = IntStream.of(completion.text()).filter(token -> TinyServer.MODEL.kind(token) == TokenKind.TEXT).toArray();
    return TinyServer.BYTES.decode(text);
  }

  private static int[] prompt(String text) {
    return IntStream.concat(IntStream.of(TinyServer.MODEL.beginning()), IntStream.of(TinyServer.BYTES.encode(text))).toArray();
  }

  private static String content(List<Map<String, Object>> events) {
    return events.stream().map(event -> Json.object(choice(event), "delta").getOrDefault("content", "").toString()).collect(Collectors.joining());
  }

  @Test
  void answersAsTheModelDoes() {
    Conversation asked = new Conversation(List.of(Message.of(Role.USER, "hello"), Message.of(Role.ASSISTANT, "")));
    int[] prompt = RenderedConversation.forCompletion(TinyServer.BYTES, asked);
    Completion expected = expected(prompt, 12, Sampling.GREEDY, true);
    Map<String, Object> reply = server.json(CHAT, "{" + HELLO + ", \"max_tokens\": 12}");
    Map<String, Object> choice = choice(reply);
    assertThat(reply).containsEntry("object", "chat.completion").containsEntry("model", "tiny");
    assertThat(Json.object(choice, "message")).containsEntry("role", "assistant").containsEntry("content", text(expected));
    assertThat(choice).containsEntry("finish_reason", expected.reason() == Completion.Reason.STOP ? "stop" : "length");
    assertThat(Json.object(reply, "usage")).isEqualTo(Map.of(
        "prompt_tokens", (long) prompt.length, "completion_tokens", (long) expected.tokens().size(),
        "total_tokens", (long) prompt.length + expected.tokens().size()));
  }

  @Test
  void streamsWhatItAnswers() {
    String whole = Json.string(Json.object(choice(server.json(CHAT, "{" + HELLO + ", \"max_tokens\": 12}")), "message"), "content");
    List<Map<String, Object>> events = server.events(
        CHAT, "{" + HELLO + ", \"max_tokens\": 12, \"stream\": true, \"stream_options\": {\"include_usage\": true}}");
    assertThat(Json.object(choice(events.getFirst()), "delta")).containsEntry("role", "assistant");
    assertThat(content(events.subList(0, events.size() - 1))).isEqualTo(whole);
    assertThat(choice(events.get(events.size() - 2))).containsKey("finish_reason");
    assertThat(Json.integer(Json.object(events.getLast(), "usage"), "completion_tokens")).isPositive();
  }

  @Test
  void continuesSeveralTextsWithSeveralChoices() {
    Sampling sampling = new Sampling(1, 0, 1, 7);
    Map<String, Object> reply = server.json(
        TEXT, "{\"prompt\": [\"ab\", \"c\"], \"n\": 2, \"max_tokens\": 8, \"temperature\": 1, \"seed\": 7}");
    List<String> texts = Json.list(reply, "choices").stream().map(each -> Json.string(Json.asObject(each, "choice"), "text")).toList();
    List<String> expected = new ArrayList<>();
    for (String text : List.of("ab", "c")) {
      expected.add(text(expected(prompt(text), 8, sampling, false)));
      expected.add(text(expected(prompt(text), 8, sampling.withSeed(8), false)));
    }
    assertThat(texts).isEqualTo(expected).doesNotHaveDuplicates();
    assertThat(choice(server.json(TEXT, "{\"prompt\": [97, 98], \"max_tokens\": 3, \"temperature\": 0}"))).containsEntry(
        "text", text(expected(new int[] {97, 98}, 3, Sampling.GREEDY, false)));
  }

  @Test
  void stopsBeforeAStringThatIsInSeveralTokens() {
    String text = Json.string(choice(server.json(TEXT, "{\"prompt\": \"ab\", \"max_tokens\": 24, \"temperature\": 0}")), "text");
    String stop = text.substring(5, 8);
    String body = "{\"prompt\": \"ab\", \"max_tokens\": 24, \"temperature\": 0, \"stop\": [" + Json.text(stop) + "], \"stream\": ";
    String expected = text.substring(0, text.indexOf(stop));
    assertThat(choice(server.json(TEXT, body + "false}"))).containsEntry("text", expected).containsEntry("finish_reason", "stop");
    List<Map<String, Object>> events = server.events(TEXT, body + "true}");
    assertThat(events.stream().map(event -> Json.string(choice(event), "text")).collect(Collectors.joining())).isEqualTo(expected);
  }
}
