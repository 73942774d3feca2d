package org.teenygrad.nanochat.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer.Training;

class TokenizerTrainerTest {
  /// Letters of few kinds, so that pairs overlap and counts are often equal.
  private static String text(long seed, int length) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("aaabbcd  1".charAt(random.nextInt(10)));
    }
    return text.toString();
  }

  private static List<String> vocabulary(NanochatTokenizer tokenizer) {
    List<String> merged = new ArrayList<>();
    for (int token = NanochatTokenizer.BYTES; token < tokenizer.ordinarySize(); token++) {
      merged.add(tokenizer.decode(token));
    }
    return merged;
  }

  @Test
  void learnsWhatCountingAllPairsAnewLearns() {
    for (long seed = 0; seed < 20; seed++) {
      String text = text(seed, 2000);
      Training training = new TokenizerTrainer(NanochatTokenizer.BYTES + 9 + 60, 10_000, 10_000, 1).train(Stream.of(text).iterator());
      assertThat(vocabulary(training.tokenizer())).as("seed %d", seed).isEqualTo(countedAnew(text, 60));
    }
  }

  /// The definition, without queue or increments.
  private static List<String> countedAnew(String text, int merges) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    SplitPattern pattern = new SplitPattern(bytes, bytes.length);
    List<List<Integer>> words = new ArrayList<>();
    for (int begin = 0; begin < bytes.length; ) {
      int end = pattern.pieceEnd(begin);
      List<Integer> word = new ArrayList<>();
      for (int i = begin; i < end; i++) {
        word.add((int) bytes[i]);
      }
      words.add(word);
      begin = end;
    }
    Map<Integer, String> strings = new TreeMap<>();
    for (int b = 0; b < 128; b++) {
      strings.put(b, Character.toString(b));
    }
    List<String> learned = new ArrayList<>();
    for (int token = 256; token < 256 + merges; token++) {
      Map<List<Integer>, Integer> counts = new TreeMap<>((a, b) -> Arrays.compare(
          a.stream().mapToInt(Integer::intValue).toArray(), b.stream().mapToInt(Integer::intValue).toArray()));
      for (List<Integer> word : words) {
        for (int i = 1; i < word.size(); i++) {
          counts.merge(List.of(word.get(i - 1), word.get(i)), 1, Integer::sum);
        }
      }
      int most = counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
      List<Integer> best = counts.keySet().stream().filter(pair -> counts.getOrDefault(pair, 0) == most).findFirst().orElseThrow();
      for (List<Integer> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          if (word.subList(i, i + 2).equals(best)) {
            word.set(i, token);
            word.remove(i + 1);
          }
        }
      }
      strings.put(token, strings.get(best.get(0)) + strings.get(best.get(1)));
      learned.add(strings.get(token));
    }
    return learned;
  }

  @Test
  void threadsDoNotChangeWhatIsLearned() {
    List<String> documents = new ArrayList<>();
    for (long seed = 0; seed < 400; seed++) {
      documents.add(text(seed, 3000));
    }
    Training alone = new TokenizerTrainer(500, 10_000, 2_000_000, 1).train(documents.iterator());
    Training together = new TokenizerTrainer(500, 10_000, 2_000_000, 4).train(documents.iterator());
    assertThat(vocabulary(together.tokenizer())).isEqualTo(vocabulary(alone.tokenizer()));
    assertThat(together.bytes()).isEqualTo(alone.bytes()).isEqualTo(400 * 3000);
    assertThat(together.distinctPieces()).isEqualTo(alone.distinctPieces());
  }

  @Test
  void capsCountCharactersNotBytes() {
    TokenizerTrainer trainer = new TokenizerTrainer(266, 4, 7, 1);
    Training training = trainer.train(Stream.of("🌍🌍🌍🌍🌍", "ababab", "never read").iterator());
    assertThat(training.documents()).isEqualTo(2);
    assertThat(training.characters()).isEqualTo(8);
    assertThat(training.bytes()).isEqualTo(20);
  }

  @Test
  void saysHowLargeAVocabularyTheTextGives() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenizerTrainer(1000).train(Stream.of("abab").iterator()))
        .withMessage("the text gives a vocabulary of 267, not of 1000: give more text, or --vocab-size 267");
    assertThat(new TokenizerTrainer(267).train(Stream.of("abab").iterator()).tokenizer().encode("abab")).containsExactly(257);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TokenizerTrainer(264)).withMessageContaining("need 265");
    assertThatIllegalArgumentException().isThrownBy(() -> new TokenizerTrainer(300, 0, 1, 1)).withMessageContaining("doc-cap 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenizerTrainer(300).train(Stream.of("").iterator()))
        .withMessage("there is no text to train a tokenizer on");
  }
}
