package org.teenygrad.nanochat.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.json.Json;

/// What nanochat itself (rustbpe 0.1.0, tiktoken 0.11.0) made of a corpus, texts and conversations.
class NanochatParityTest {
  private static Map<String, Object> nanochat = Map.of();
  private static NanochatTokenizer tokenizer = NanochatTokenizer.ofMerged(List.of());

  @BeforeAll
  static void trains() throws IOException {
    try (InputStream file = Objects.requireNonNull(NanochatParityTest.class.getResourceAsStream("nanochat.json"))) {
      nanochat = Json.object(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    }
    List<String> corpus = new ArrayList<>();
    Json.list(nanochat, "corpus").forEach(document -> corpus.add((String) document));
    tokenizer = new TokenizerTrainer(Json.integer(nanochat, "vocab_size")).train(corpus.iterator()).tokenizer();
  }

  @Test
  void learnsTheSameMerges() {
    List<?> ranks = Json.list(nanochat, "mergeable_ranks");
    assertThat(tokenizer.ordinarySize()).isEqualTo(ranks.size()).isEqualTo(311);
    for (Object rank : ranks) {
      Map<String, Object> token = Json.asObject(rank, "rank");
      int id = Json.integer(token, "id");
      assertThat(tokenizer.decodeBytes(id)).as("token %d", id).isEqualTo(bytes(Json.list(token, "bytes")));
    }
  }

  @Test
  void specialTokensHaveTheSameNumbers() {
    Map<String, Object> special = Json.object(nanochat, "special_tokens");
    assertThat(special).hasSameSizeAs(SpecialToken.values());
    for (SpecialToken token : SpecialToken.values()) {
      assertThat(tokenizer.token(token)).as(token.text()).isEqualTo(Json.integer(special, token.text()));
    }
  }

  @Test
  void encodesAndDecodesTheSame() {
    List<?> cases = Json.list(nanochat, "encoding_cases");
    assertThat(cases).hasSize(4);
    for (Object one : cases) {
      Map<String, Object> encoding = Json.asObject(one, "case");
      String text = Json.string(encoding, "text");
      int[] ids = ints(Json.list(encoding, "ids"));
      assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
      assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }
  }

  @Test
  void rendersConversationsTheSame() throws IOException {
    List<?> cases = Json.list(nanochat, "conversation_cases");
    assertThat(cases).hasSize(3);
    for (Object one : cases) {
      Map<String, Object> expected = Json.asObject(one, "case");
      Conversation conversation = Conversation.ofJson(json(Json.object(expected, "conversation")));
      RenderedConversation rendered = RenderedConversation.of(tokenizer, conversation, Json.integer(expected, "max_tokens"));
      String name = Json.string(expected, "name");
      assertThat(rendered.tokens()).as(name).isEqualTo(ints(Json.list(expected, "ids")));
      assertThat(rendered.mask()).as(name).isEqualTo(ints(Json.list(expected, "mask")));
      assertThat(RenderedConversation.forCompletion(tokenizer, conversation)).as(name)
          .isEqualTo(ints(Json.list(expected, "completion_ids")));
    }
  }

  private static int[] ints(List<?> numbers) {
    return numbers.stream().mapToInt(number -> Math.toIntExact((Long) number)).toArray();
  }

  private static byte[] bytes(List<?> numbers) {
    byte[] bytes = new byte[numbers.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (long) (Long) numbers.get(i);
    }
    return bytes;
  }

  private static String json(Map<String, Object> value) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      write(json, value);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> member : map.entrySet()) {
          json.writeFieldName((String) member.getKey());
          write(json, member.getValue());
        }
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (Object element : list) {
          write(json, element);
        }
        json.writeEndArray();
      }
      default -> json.writeString((String) value);
    }
  }
}
