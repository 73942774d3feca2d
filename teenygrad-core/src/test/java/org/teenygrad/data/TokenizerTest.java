package org.teenygrad.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerTest {

  static Stream<Tokenizer> tokenizers() {
    return Stream.of(Tokenizer.bytes(), Tokenizer.gpt2(), Tokenizer.cl100k(), Tokenizer.o200k());
  }

  @Test
  void knowsWhatOpenAiKnows() {
    assertThat(Tokenizer.gpt2().encode("Hello world!")).containsExactly(15496, 995, 0);
    assertThat(Tokenizer.gpt2().encode("こはちちは")).containsExactly(46036, 31676, 2515, 94, 2515, 94, 31676);
    assertThat(Tokenizer.cl100k().encode("Hello world!")).containsExactly(9906, 1917, 0);
    assertThat(Tokenizer.o200k().encode("مرحبا بالعالم")).containsExactly(158894, 26537, 101462, 12773);
    assertThat(Tokenizer.gpt2().decode(29615, 6805, 31303, 3832, 35038)).isEqualTo("patrick componentsumablyawn415");
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void decodesWhatItEncodes(Tokenizer tokenizer) {
    for (String text : new String[] {"", " ", "a\r\n\tb", "naïve 日本 🎉", "<|endoftext|>", "x".repeat(2000)}) {
      int[] tokens = tokenizer.encode(text);
      assertThat(tokenizer.decode(tokens)).isEqualTo(text);
      assertThat(tokenizer.decodeBytes(tokens)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
      for (int token : tokens) {
        assertThat(token).isBetween(0, tokenizer.vocabularySize() - 1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void refusesTokensThatAreNone(Tokenizer tokenizer) {
    for (int token : new int[] {-1, tokenizer.vocabularySize(), Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> tokenizer.decode(token))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(Integer.toString(token));
    }
  }

  @Test
  void knowsTheEndOfTexts() {
    assertThat(Tokenizer.gpt2().decode(50_256)).isEqualTo("<|endoftext|>");
    assertThat(Tokenizer.gpt2().vocabularySize()).isEqualTo(50_257);
  }

  @Test
  void halvesOfPairsAreReplaced() {
    for (Tokenizer tokenizer : new Tokenizer[] {Tokenizer.gpt2(), Tokenizer.cl100k(), Tokenizer.o200k()}) {
      assertThat(tokenizer.encode("a\uD800 b\uDC00\uD800")).containsExactly(tokenizer.encode("a\uFFFD b\uFFFD\uFFFD"));
    }
  }

  @Test
  void partsOfCharactersAreBytes() {
    int[] tokens = Tokenizer.gpt2().encode("𝄞");
    assertThat(tokens).hasSizeGreaterThan(1);
    assertThat(Tokenizer.gpt2().decodeBytes(tokens[0])).startsWith(0xF0);
    assertThat(Tokenizer.gpt2().decode(tokens[0])).contains("\uFFFD");
  }
}
