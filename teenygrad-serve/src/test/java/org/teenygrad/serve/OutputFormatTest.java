package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.serve.TinyServer.choice;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.json.Json;

/// A model that has learned nothing answers in the format that is asked for.
class OutputFormatTest {
  private static final String CHAT = "/v1/chat/completions";

  /// Quotes and brackets are likelier, so that texts end.
  private static final String HELLO = "{\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}], \"seed\": 3, \"max_tokens\": 40, \"logit_bias\": "
      + "{\"34\": 6, \"93\": 6, \"125\": 6, \"260\": 6}";
  private static final String SCHEMA = """
      {"type": "object", "properties": {"a": {"enum": [null, "é"]}, "b": {"type": "integer", "minimum": 3, "maximum": 4}}, "required": ["a", "b"],
        "additionalProperties": false}""";
  private static final String TOOLS = ", \"tools\": ["
      + "{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": " + SCHEMA + "}},"
      + "{\"type\": \"function\", \"function\": {\"name\": \"g\", \"parameters\": {\"type\": \"object\", \"properties\": {\"c\": {\"$ref\": \"#/$defs/d\"}},"
      + " \"required\": [\"c\"], \"$defs\": {\"d\": {\"type\": \"boolean\"}}}}}]";

  private static TinyServer server;

  @BeforeAll
  static void start() {
    server = new TinyServer();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  private static void assertValid(String text) {
    Map<String, Object> value = Json.objectWithNulls(text);
    assertThat(value).containsOnlyKeys("a", "b");
    assertThat(value.get("a")).isIn(null, "é");
    assertThat(value.get("b")).isIn(3L, 4L);
  }

  private static String content(Map<String, Object> choice) {
    return Json.string(Json.object(choice, "message"), "content");
  }

  @Test
  void everyChoiceIsOfTheSchema() {
    String body = HELLO + ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"x\", \"strict\": true, \"schema\": " + SCHEMA + "}}";
    List<?> choices = Json.list(server.json(CHAT, body + ", \"n\": 4}"), "choices");
    choices.forEach(each -> {
      Map<String, Object> choice = Json.asObject(each, "choice");
      assertThat(choice).containsEntry("finish_reason", "stop");
      assertValid(content(choice));
    });
    String whole = content(choice(server.json(CHAT, body + "}")));
    assertThat(server.events(CHAT, body + ", \"stream\": true}").stream()
        .map(event -> Json.object(choice(event), "delta").getOrDefault("content", "").toString()).collect(Collectors.joining())).isEqualTo(whole);
    assertThat(choice(server.json(CHAT, body + ", \"max_tokens\": 2}"))).containsEntry("finish_reason", "length");
  }

  @Test
  void anyObjectIsJson() {
    Map<String, Object> choice = choice(server.json(CHAT, HELLO + ", \"response_format\": {\"type\": \"json_object\"}}"));
    if ("stop".equals(choice.get("finish_reason"))) {
      assertThat(Json.text(Json.objectWithNulls(content(choice)))).startsWith("{");
    }
    assertThat(content(choice)).startsWith("{");
  }

  @Test
  void textsMatchWhatIsAskedFor() {
    String prompt = "{\"prompt\": \"x\", \"max_tokens\": 30, \"structured_outputs\": ";
    for (int seed = 0; seed < 3; seed++) {
      String more = ", \"seed\": " + seed + "}";
      assertThat(Json.string(choice(server.json("/v1/completions", prompt + "{\"regex\": \"[0-9]{3}-(ab|é)\"}" + more)), "text")).matches("[0-9]{3}-(ab|é)");
      assertThat(Json.string(choice(server.json("/v1/completions", prompt + "{\"choice\": [\"yes\", \"yesterday\", \"no\"]}" + more)), "text"))
          .isIn("yes", "yesterday", "no");
      assertValid(Json.string(choice(server.json("/v1/completions", prompt + "{\"json\": " + SCHEMA + "}" + more)), "text"));
    }
  }

  private static Map<String, Object> call(Map<String, Object> choice, String where) {
    assertThat(choice).containsEntry("finish_reason", "tool_calls");
    return Json.object(Json.asObject(Json.list(Json.object(choice, where), "tool_calls").getFirst(), "call"), "function");
  }

  @Test
  void aRequiredCallHasArgumentsOfItsSchema() {
    String named = HELLO + TOOLS + ", \"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"f\"}}";
    Map<String, Object> call = call(choice(server.json(CHAT, named + "}")), "message");
    assertThat(call).containsEntry("name", "f");
    assertValid(Json.string(call, "arguments"));
    Map<String, Object> last = choice(server.events(CHAT, named + ", \"stream\": true}").getLast());
    assertThat(call(last, "delta")).isEqualTo(call);
    for (int seed = 0; seed < 4; seed++) {
      Map<String, Object> any = call(choice(server.json(CHAT, HELLO + TOOLS + ", \"tool_choice\": \"required\", \"seed\": " + seed + "}")), "message");
      if (Json.string(any, "name").equals("f")) {
        assertValid(Json.string(any, "arguments"));
      } else {
        assertThat(Json.object(Json.string(any, "arguments")).get("c")).isInstanceOf(Boolean.class);
      }
    }
    assertThat(choice(server.json(CHAT, named + ", \"max_tokens\": 2}"))).containsEntry("finish_reason", "length");
  }

  private static void assertRefused(String more, String... words) {
    HttpResponse<String> response = server.post(CHAT, HELLO + more + "}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains(words).contains("invalid_request_error");
  }

  @Test
  void whatIsNotSupportedIsNamed() {
    assertRefused(", \"response_format\": {\"type\": \"xml\"}", "text, json_object or json_schema");
    assertRefused(
        ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": {\"type\": \"array\", \"uniqueItems\": true}}}",
        "uniqueItems", "\"param\":\"response_format\"");
    assertRefused(", \"structured_outputs\": {\"regex\": \"(\"}", "')' is missing", "structured_outputs");
    assertRefused(", \"structured_outputs\": {\"regex\": \"a\", \"json_object\": true}", "has one of");
    assertRefused(", \"structured_outputs\": {\"grammar\": \"a\"}", "grammar");
    assertRefused(", \"structured_outputs\": {\"regex\": \"a\"}, \"ignore_eos\": true", "ignore_eos");
    assertRefused(", \"tool_choice\": \"required\"", "not among the tools");
  }
}
