package org.teenygrad.nanochat.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.teenygrad.nanochat.json.Json;

/// Hugging Face's `tokenizer.json`. Bytes are written as GPT-2's printable characters; merges are all splits of a token into two others,
/// so that neighbours are joined whenever they are a token together, as here.
final class TokenizerJson {
  /// GPT-2's character of each byte: printable ones of Latin-1 are themselves, the others are those from U+0100 on.
  private static final char[] CHARACTERS = characters();

  private TokenizerJson() {}

  private static char[] characters() {
    char[] characters = new char[NanochatTokenizer.BYTES];
    char spare = 0x100;
    for (char b = 0; b < characters.length; b++) {
      boolean isPrintable = b > 0x20 && b < 0x7F || b > 0xA0 && b != 0xAD;
      characters[b] = isPrintable ? b : spare++;
    }
    return characters;
  }

  static String write(NanochatTokenizer tokenizer) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("version", "1.0");
      json.writeNullField("truncation");
      json.writeNullField("padding");
      writeSpecialTokens(json, tokenizer);
      json.writeNullField("normalizer");
      writePreTokenizer(json);
      json.writeNullField("post_processor");
      json.writeFieldName("decoder");
      writeByteLevel(json);
      writeModel(json, tokenizer);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void writeSpecialTokens(JsonGenerator json, NanochatTokenizer tokenizer) throws IOException {
    json.writeArrayFieldStart("added_tokens");
    for (SpecialToken special : SpecialToken.values()) {
      json.writeStartObject();
      json.writeNumberField("id", tokenizer.token(special));
      json.writeStringField("content", special.text());
      for (String no : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        json.writeBooleanField(no, false);
      }
      json.writeBooleanField("special", true);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writePreTokenizer(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("pre_tokenizer");
    json.writeStringField("type", "Sequence");
    json.writeArrayFieldStart("pretokenizers");
    json.writeStartObject();
    json.writeStringField("type", "Split");
    json.writeObjectFieldStart("pattern");
    json.writeStringField("Regex", SplitPattern.REGEX);
    json.writeEndObject();
    json.writeStringField("behavior", "Isolated");
    json.writeBooleanField("invert", false);
    json.writeEndObject();
    writeByteLevel(json);
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeByteLevel(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "ByteLevel");
    json.writeBooleanField("add_prefix_space", false);
    json.writeBooleanField("trim_offsets", true);
    json.writeBooleanField("use_regex", false);
    json.writeEndObject();
  }

  private static void writeModel(JsonGenerator json, NanochatTokenizer tokenizer) throws IOException {
    json.writeObjectFieldStart("model");
    json.writeStringField("type", "BPE");
    for (String none : List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      json.writeNullField(none);
    }
    json.writeBooleanField("fuse_unk", false);
    json.writeBooleanField("byte_fallback", false);
    json.writeBooleanField("ignore_merges", true); // a piece that is a token is that token
    json.writeObjectFieldStart("vocab");
    for (int token = 0; token < tokenizer.ordinarySize(); token++) {
      json.writeNumberField(printable(tokenizer.decodeBytes(token)), token);
    }
    json.writeEndObject();
    json.writeArrayFieldStart("merges");
    for (int token = NanochatTokenizer.BYTES; token < tokenizer.ordinarySize(); token++) {
      writeSplits(json, tokenizer, tokenizer.decodeBytes(token));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeSplits(JsonGenerator json, NanochatTokenizer tokenizer, byte[] bytes) throws IOException {
    for (int middle = 1; middle < bytes.length; middle++) {
      if (tokenizer.has(bytes, 0, middle) && tokenizer.has(bytes, middle, bytes.length)) {
        String[] halves = {printable(Arrays.copyOf(bytes, middle)), printable(Arrays.copyOfRange(bytes, middle, bytes.length))};
        json.writeArray(halves, 0, 2);
      }
    }
  }

  static NanochatTokenizer read(String text) {
    Map<String, Object> json = Json.object(text);
    checkPattern(json);
    Map<String, Object> vocabulary = Json.object(Json.object(json, "model"), "vocab");
    Map<Integer, String> byToken = new TreeMap<>();
    vocabulary.keySet().forEach(string -> byToken.put(Json.integer(vocabulary, string), string));
    for (Object added : Json.list(json, "added_tokens")) {
      byToken.remove(Json.integer(Json.asObject(added, "an added token"), "id"));
    }
    if (!List.copyOf(byToken.keySet())
        .equals(IntStream.range(0, byToken.size()).boxed().toList())) {
      throw new IllegalArgumentException("the numbers of the tokens have gaps");
    }
    NanochatTokenizer tokenizer = TokenizerFiles.ofStrings(byToken.values().stream().map(TokenizerJson::bytes).toList());
    checkSpecialTokens(Json.list(json, "added_tokens"), tokenizer);
    return tokenizer;
  }

  private static void checkPattern(Map<String, Object> json) {
    boolean isOurs = json.get("pre_tokenizer") instanceof Map<?, ?> sequence
        && sequence.get("pretokenizers") instanceof List<?> parts
        && !parts.isEmpty()
        && parts.getFirst() instanceof Map<?, ?> split
        && split.get("pattern") instanceof Map<?, ?> pattern
        && SplitPattern.REGEX.equals(pattern.get("Regex"));
    if (!isOurs) {
      throw new IllegalArgumentException("the pre_tokenizer does not split by nanochat's pattern, " + SplitPattern.REGEX);
    }
  }

  private static void checkSpecialTokens(List<?> added, NanochatTokenizer tokenizer) {
    for (SpecialToken special : SpecialToken.values()) {
      boolean isThere = added.stream().map(token -> Json.asObject(token, "an added token"))
          .anyMatch(token -> special.text().equals(token.get("content")) && Json.integer(token, "id") == tokenizer.token(special));
      if (!isThere) {
        throw new IllegalArgumentException("the special token " + special.text() + " must have the number " + tokenizer.token(special));
      }
    }
  }

  private static String printable(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(CHARACTERS[b & 0xFF]);
    }
    return text.toString();
  }

  private static byte[] bytes(String printable) {
    byte[] bytes = new byte[printable.length()];
    for (int i = 0; i < bytes.length; i++) {
      char wanted = printable.charAt(i);
      int b = 0;
      while (b < CHARACTERS.length && CHARACTERS[b] != wanted) {
        b++;
      }
      if (b == CHARACTERS.length) {
        throw new IllegalArgumentException("\"" + printable + "\" is not bytes as GPT-2 writes them");
      }
      bytes[i] = (byte) b;
    }
    return bytes;
  }
}
