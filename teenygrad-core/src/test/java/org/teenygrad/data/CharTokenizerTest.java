package org.teenygrad.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CharTokenizerTest {

  @Test
  void numbersCharactersInTheirOrder() {
    var tokenizer = CharTokenizer.of("hello, 🦊\n");
    assertThat(tokenizer.vocabulary()).isEqualTo("\n ,ehlo🦊");
    assertThat(tokenizer.vocabularySize()).isEqualTo(8);
    assertThat(tokenizer.encode("🦊 hole")).containsExactly(7, 1, 4, 6, 5, 3);
  }

  @Test
  void decodesWhatItEncodes() {
    var text = "To be, or not to be 🦊 é\n";
    var tokenizer = CharTokenizer.of(text);
    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    assertThat(tokenizer.encode("")).isEmpty();
  }

  @Test
  void isMadeAgainFromItsVocabulary() {
    var tokenizer = CharTokenizer.of("the quick brown fox");
    var again = CharTokenizer.of(tokenizer.vocabulary());
    assertThat(again.encode("fox")).isEqualTo(tokenizer.encode("fox"));
  }

  @Test
  void namesUnknownCharacters() {
    var tokenizer = CharTokenizer.of("abc");
    assertThatThrownBy(() -> tokenizer.encode("abé"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the character 'é' (U+00E9) is not in the vocabulary of 3 characters");
    assertThatThrownBy(() -> tokenizer.encode("a\nb"))
        .hasMessage("the character U+000A is not in the vocabulary of 3 characters");
  }

  @Test
  void namesUnknownTokens() {
    var tokenizer = CharTokenizer.of("abc");
    assertThatThrownBy(() -> tokenizer.decode(0, 3))
        .hasMessage("the token 3 is not in the vocabulary of 3 characters");
    assertThatThrownBy(() -> tokenizer.decode(-1)).hasMessageContaining("token -1");
  }

  @Test
  void needsAText() {
    assertThatThrownBy(() -> CharTokenizer.of("")).isInstanceOf(IllegalArgumentException.class);
  }
}
