package org.teenygrad.nanochat.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SplitPatternTest {
  private static final Pattern REGEX =
      Pattern.compile(SplitPattern.REGEX, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE);

  @Test
  void splitsAsTheRegularExpressionDoes() {
    String[] parts = {"a", "S", "ſ", "é", "你", "𝒜", "1", "٣", "Ⅷ", "½", "𝟙", " ", " ", "\t", "\n", "\r", "\u00a0", "\u2028", "\u0085",
        "\u001c", "\u200b", "!", "'", "'", "'ll", "'Ve", "'re", "'lL", "_", "🌍", "\u0301", "-", "l", "e", "d", "\ufffd"};
    Random random = new Random(1);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int length = 1 + random.nextInt(12); length > 0; length--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      assertThat(pieces(text.toString())).isEqualTo(matches(text.toString()));
    }
  }

  @Test
  void knowsTheClassOfEachCharacter() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        String text = "1" + Character.toString(c) + Character.toString(c) + "x";
        List<String> pieces = pieces(text);
        if (!pieces.equals(matches(text))) {
          assertThat(pieces).as("U+%04X", c).isEqualTo(matches(text));
        }
      }
    }
  }

  @Test
  void numbersHaveTwoDigits() {
    assertThat(pieces("in 12345")).containsExactly("in", " ", "12", "34", "5");
  }

  @Test
  void piecesOfAnyBytesCoverThem() {
    Random random = new Random(2);
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = new byte[random.nextInt(20)];
      random.nextBytes(bytes);
      SplitPattern pattern = new SplitPattern(bytes, bytes.length);
      int at = 0;
      while (at < bytes.length) {
        int end = pattern.pieceEnd(at);
        assertThat(end).isBetween(at + 1, bytes.length);
        at = end;
      }
    }
  }

  private static List<String> pieces(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    SplitPattern pattern = new SplitPattern(bytes, bytes.length);
    List<String> pieces = new ArrayList<>();
    for (int begin = 0; begin < bytes.length; ) {
      int end = pattern.pieceEnd(begin);
      pieces.add(new String(bytes, begin, end - begin, StandardCharsets.UTF_8));
      begin = end;
    }
    return pieces;
  }

  private static List<String> matches(String text) {
    List<String> matches = new ArrayList<>();
    Matcher matcher = REGEX.matcher(text);
    while (matcher.find()) {
      matches.add(matcher.group());
    }
    return matches;
  }
}
