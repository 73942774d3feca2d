package org.teenygrad.models.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.models.grammar.Automaton.State;
import org.teenygrad.models.inference.RowState;

/// Which texts belong to a grammar.
class GrammarTest {
  private static boolean has(Grammar grammar, String text) {
    return has(grammar, text.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean has(Grammar grammar, byte[] text) {
    Automaton automaton = new Automaton();
    State state = automaton.start(grammar);
    for (byte each : text) {
      state = automaton.next(state, each & 0xff);
    }
    return state.accepts();
  }

  @Test
  void regularExpressionsAreJavasToo() {
    List<String> patterns = List.of(
        "a*b", "(ab|c)+d?", "[a-c]{2,3}", "[^a]b", "a.c", "\\d+(\\.\\d{1,2})?", "(?:a|b)*?c", "x{0}a", "(a?){3}b", "[\\w-]+", "é+|€", "a|", "\\u0061[\\x62]", "(?<n>ab)");
    List<String> texts = List.of("", "a", "b", "ab", "aab", "abd", "cd", "ababcd", "abc", "bb", "é", "éé", "€", "12", "12.5", "1.555", "aXc", "a\nc", "a-b", "aaab", "c");
    for (String pattern : patterns) {
      Grammar grammar = Regex.of(pattern);
      texts.forEach(text -> assertThat(has(grammar, text)).as("%s of %s", text, pattern).isEqualTo(Pattern.matches(pattern, text)));
    }
  }

  @Test
  void everyCharacterIsItsBytesAndNoOther() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      int one = random.nextInt(0x110000);
      int other = random.nextInt(0x110000);
      CodePoints range = CodePoints.of(Math.min(one, other), Math.max(one, other)).and(CodePoints.ALL);
      Grammar grammar = Utf8.of(range);
      for (int c : new int[] {one, other, one - 1, one + 1, other - 1, other + 1, random.nextInt(0x110000), 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000}) {
        if (c >= 0 && c < 0x110000 && (c < 0xD800 || c > 0xDFFF)) {
          boolean isIn = Math.min(one, other) <= c && c <= Math.max(one, other);
          assertThat(has(grammar, Character.toString(c))).isEqualTo(isIn);
        }
      }
    }
    Grammar all = Utf8.of(CodePoints.ALL);
    assertThat(has(all, new byte[] {(byte) 0xC0, (byte) 0x80})).as("too long").isFalse();
    assertThat(has(all, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80})).as("a surrogate").isFalse();
    assertThat(has(all, new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80})).as("above all").isFalse();
  }

  private static boolean isWithin(String text, BigDecimal least, BigDecimal most, boolean withoutLeast, boolean withoutMost, boolean isInteger) {
    BigDecimal number = new BigDecimal(text);
    int low = number.compareTo(least);
    int high = number.compareTo(most);
    return (withoutLeast ? low > 0 : low >= 0) && (withoutMost ? high < 0 : high <= 0) && !(isInteger && text.contains("."));
  }

  @Test
  void numbersKeepTheirBounds() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 400; i++) {
      BigDecimal one = BigDecimal.valueOf(random.nextInt(-2000, 2000), random.nextInt(3));
      BigDecimal other = BigDecimal.valueOf(random.nextInt(-2000, 2000), random.nextInt(3));
      BigDecimal least = one.min(other);
      BigDecimal most = one.max(other);
      boolean withoutLeast = random.nextBoolean();
      boolean withoutMost = random.nextBoolean();
      boolean isInteger = random.nextBoolean();
      Grammar grammar = new DecimalRange(least, most, withoutLeast, withoutMost, isInteger).grammar();
      IntStream.range(0, 60).forEach(_ -> {
        String number = BigDecimal.valueOf(random.nextInt(-2100, 2100), random.nextInt(3)).toPlainString();
        assertThat(has(grammar, number)).as("%s in %s (%s) to %s (%s), %s", number, least, withoutLeast, most, withoutMost, isInteger)
            .isEqualTo(isWithin(number, least, most, withoutLeast, withoutMost, isInteger));
      });
      for (BigDecimal bound : List.of(least, most)) {
        assertThat(has(grammar, bound.toPlainString())).isEqualTo(isWithin(bound.toPlainString(), least, most, withoutLeast, withoutMost, isInteger));
      }
    }
    Grammar above = new DecimalRange(new BigDecimal("99.5"), null, true, false, true).grammar();
    assertThat(List.of("99", "100", "1000", "-100", "099")).filteredOn(text -> has(above, text)).containsExactly("100", "1000");
  }

  @Test
  void anyJsonIsWrittenOnOneLine() {
    Grammar value = JsonSchema.of(true);
    List.of("{}", "[]", "[1, [2,{\"a\": null}]]", "\"\\u00e9\\ud83d\\ude00é😀\\/\"", "-0.5e+10", "true", "{\"a\":1, \"b\": [\"\"]}")
        .forEach(text -> assertThat(has(value, text)).as(text).isTrue());
    List.of("", "{", "[1,]", "{\"a\"}", "01", "1.", "\"\n\"", "\"\\x\"", "\"\\ud83d\"", "tru", "[1 ,2]", "{a:1}", "nulll")
        .forEach(text -> assertThat(has(value, text)).as(text).isFalse());
    assertThat(has(JsonSchema.anyObject(), "[]")).isFalse();
    assertThat(has(JsonSchema.anyObject(), "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}")).as("deep").isTrue();
  }

  @Test
  void membersComeInOrderAndOptionalOnesMayBeLeftOut() {
    Grammar grammar = JsonSchema.of(Map.of(
        "type", "object", "required", List.of("b"), "additionalProperties", false,
        "properties", new TreeMap<>(Map.of("a", Map.of("type", "integer"), "b", Map.of("type", List.of("string", "null")), "c", Map.of("const", 1.5)))));
    List.of("{\"a\":1,\"b\":\"x\",\"c\":1.5}", "{\"b\": null}", "{\"a\": -7, \"b\": \"\"}", "{\"b\":null, \"c\":1.5}")
        .forEach(text -> assertThat(has(grammar, text)).as(text).isTrue());
    List.of("{}", "{\"a\":1}", "{\"b\":1}", "{\"b\":null,\"a\":1}", "{,\"b\":null}", "{\"b\":null,}", "{\"a\":1.5,\"b\":null}", "{\"b\":null,\"d\":1}")
        .forEach(text -> assertThat(has(grammar, text)).as(text).isFalse());
  }

  @Test
  void schemasMayReferToThemselves() {
    Map<String, ?> tree = Map.of(
        "$ref", "#/$defs/node",
        "$defs", Map.of("node", Map.of("anyOf", List.of(
            Map.of("type", "null"), Map.of("type", "array", "items", Map.of("$ref", "#/$defs/node"), "minItems", 2L, "maxItems", 2L)))));
    Grammar grammar = JsonSchema.of(tree);
    assertThat(List.of("null", "[null,null]", "[[null,null], null]", "[null]", "[]", "[null,null"))
        .filteredOn(text -> has(grammar, text)).containsExactly("null", "[null,null]", "[[null,null], null]");
  }

  @Test
  void patternsAreFoundInStringsAsTheyAreEscaped() {
    Grammar somewhere = JsonSchema.of(Map.of("type", "string", "pattern", "a\"\\\\\n"));
    assertThat(has(somewhere, "\"xx a\\\"\\\\\\n!\"")).isTrue();
    assertThat(has(somewhere, "\"a\"")).isFalse();
    Grammar whole = JsonSchema.of(Map.of("type", "string", "pattern", "^[A-Z]{2}$"));
    assertThat(List.of("\"AB\"", "\"ABC\"", "\"xAB\"", "AB")).filteredOn(text -> has(whole, text)).containsExactly("\"AB\"");
  }

  /// The validator of [SchemaPropertyTest] wants a domain that exists today.
  @Test
  void addressesHaveANameAndADomain() {
    Grammar address = JsonSchema.of(Map.of("type", "string", "format", "email"));
    assertThat(List.of("\"a.b@c-d.example\"", "\"a@b.co\"", "\"a@b\"", "\"@b.co\"", "\"a..b@c.co\"", "\"a@-b.co\"", "\"a b@c.co\""))
        .filteredOn(text -> has(address, text)).containsExactly("\"a.b@c-d.example\"", "\"a@b.co\"");
  }

  private static void assertRefused(Object schema, String... words) {
    assertThatThrownBy(() -> JsonSchema.of(schema)).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
  }

  @Test
  void whatIsNotSupportedIsNamedWithItsPlace() {
    assertRefused(Map.of("type", "object", "properties", Map.of("x", Map.of("type", "number", "multipleOf", 2L))), "#/properties/x", "'multipleOf'");
    assertRefused(Map.of("oneOf", List.of(true)), "'oneOf'");
    assertRefused(Map.of("type", "array", "items", Map.of("type", "text")), "#/items", "'text'");
    assertRefused(Map.of("type", "object", "required", List.of("y"), "properties", Map.of("x", true)), "'y'");
    assertRefused(Map.of("$ref", "#/$defs/x"), "'#/$defs/x'");
    assertRefused(Map.of("anyOf", List.of(Map.of("$ref", "#"))), "refers to itself");
    assertRefused(Map.of("$ref", "#/$defs/x", "$defs", Map.of("x", Map.of("type", "array", "minItems", 1L, "items", Map.of("$ref", "#/$defs/x")))), "#/$defs/x", "none ever ends");
    assertRefused(Map.of("type", "integer", "minimum", 3L, "maximum", 2L), "allows no value");
    assertRefused(Map.of("type", "string", "pattern", "(?=a)"), "looking around");
    assertRefused(Map.of("type", "string", "format", "idn-email"), "'idn-email'", "date-time");
    assertThatThrownBy(() -> Regex.of("(a")).hasMessageContaining("')' is missing");
    assertThatThrownBy(() -> Regex.of("\\p{L}")).hasMessageContaining("\\p is not supported");
    assertThatThrownBy(() -> Regex.of("a^b")).hasMessageContaining("^ may only stand at the beginning");
    assertThatThrownBy(() -> Grammar.choice(List.of())).hasMessageContaining("at least one text");
  }

  @Test
  void aVocabularyThatCannotWriteEverythingIsRefused() {
    assertThatThrownBy(() -> TokenMasks.of(2, token -> new byte[] {(byte) token}, 1)).hasMessageContaining("1 of the 256 bytes");
    assertThatThrownBy(() -> TokenMasks.of(256, token -> new byte[] {(byte) token})).hasMessageContaining("no token of the model ends");
  }

  @Test
  void aMaskHasTheTokensThatMayComeAndNoOther() {
    SplittableRandom random = new SplittableRandom(11);
    byte[][] vocabulary = IntStream.range(0, 3000).mapToObj(token -> {
      byte[] bytes = new byte[token < 256 ? 1 : 1 + random.nextInt(5)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = token < 256 ? (byte) token : "{}[]\":, \\ab1\u00e9".getBytes(StandardCharsets.UTF_8)[random.nextInt(14)];
      }
      return bytes;
    }).toArray(byte[][]::new);
    TokenTrie trie = TokenTrie.of(Arrays.asList(vocabulary));
    Automaton automaton = new Automaton();
    int end = vocabulary.length;
    TokenMasks masks = TokenMasks.of(end + 1, token -> vocabulary[token], end);
    for (String begun : List.of("", "{", "{\"a", "{\"a\": ", "{\"a\":[1", "{\"a\":\"\\", "{\"a\":1}")) {
      State state = automaton.start(JsonSchema.anyObject());
      RowState row = masks.constrained(JsonSchema.anyObject()).get();
      for (byte each : begun.getBytes(StandardCharsets.UTF_8)) {
        state = automaton.next(state, each & 0xff);
        row.accept(each & 0xff);
      }
      State here = state;
      int[] expected = IntStream.range(0, vocabulary.length).filter(token -> {
        State after = here;
        for (byte each : vocabulary[token]) {
          after = automaton.next(after, each & 0xff);
        }
        return !after.isDead();
      }).toArray();
      assertThat(trie.allowed(automaton, state).stream().toArray()).as(begun).containsExactly(expected);
      assertThat(row.allowed().stream().filter(token -> token != end).toArray()).as(begun).containsExactly(expected);
      assertThat(row.allowed().get(end)).as(begun).isEqualTo(begun.endsWith("}"));
    }
  }
}
