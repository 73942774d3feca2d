package org.teenygrad.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenDatasetTest {

  private static int[] firstIntegers(int count) {
    return IntStream.range(0, count).toArray();
  }

  @Test
  void splitsAfterNineTenths() {
    var split = TokenDataset.split("x", firstIntegers(1_115_394));
    assertThat(split.train().size()).isEqualTo(1_003_854);
    assertThat(split.validation().size()).isEqualTo(111_540);
  }

  @Test
  void targetsAreTheInputsOneTokenLater() {
    var windows = TokenDataset.of("x", firstIntegers(100)).windows(5);
    assertThat(windows.size()).isEqualTo(95);
    assertThat(windows.get(7).inputs().toFloatArray()).containsExactly(7, 8, 9, 10, 11);
    assertThat(windows.get(94).targets().toFloatArray()).containsExactly(95, 96, 97, 98, 99);
    assertThatThrownBy(() -> windows.get(95)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aBlockAndOneMoreTokenAreEnough() {
    var windows = TokenDataset.of("x", firstIntegers(5)).windows(4);
    assertThat(windows.size()).isEqualTo(1);
    assertThat(windows.get(0).targets().toFloatArray()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void saysWhichPartIsShorterThanABlock() {
    var split = TokenDataset.split("corpus.txt", firstIntegers(100));
    assertThat(split.requireBlocksOf(9)).isSameAs(split);
    assertThatThrownBy(() -> split.requireBlocksOf(64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the validation part (10%) of corpus.txt has 10 tokens, but a block of 64 and the token"
                + " after it need 65: use a longer text or a smaller block size");
    assertThatThrownBy(() -> split.train().windows(90))
        .hasMessageStartingWith("the training part (90%) of corpus.txt has 90 tokens");
    assertThatThrownBy(() -> split.requireBlocksOf(0)).hasMessageContaining("at least one");
  }
}
