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
    var data = TokenDataset.of("x", firstIntegers(100));
    var batch = data.randomBatch(CounterRandom.of(1), 3, 5);
    assertThat(batch.sequences()).isEqualTo(3);
    assertThat(batch.length()).isEqualTo(5);
    assertThat(batch.inputs()).hasSize(15);
    for (int i = 0; i < 15; i++) {
      assertThat(batch.targets()[i]).isEqualTo(batch.inputs()[i] + 1);
      assertThat(batch.inputs()[i]).isEqualTo(batch.inputs()[i / 5 * 5] + i % 5);
    }
  }

  @Test
  void everyPlaceIsDrawn() {
    var data = TokenDataset.of("x", firstIntegers(8));
    var batch = data.randomBatch(CounterRandom.of(1), 200, 5);
    assertThat(IntStream.range(0, 200).map(i -> batch.inputs()[5 * i]).distinct().sorted())
        .containsExactly(0, 1, 2);
  }

  @Test
  void theSameStateGivesTheSameBatches() {
    var data = TokenDataset.of("x", firstIntegers(10_000));
    var random = CounterRandom.of(1337);
    data.randomBatch(random, 4, 8);
    var state = random.state();
    var expected = data.randomBatch(random, 4, 8).inputs();
    assertThat(data.randomBatch(CounterRandom.of(state), 4, 8).inputs()).isEqualTo(expected);
    assertThat(state.counter()).isEqualTo(4);
  }

  @Test
  void aBlockAndOneMoreTokenAreEnough() {
    var batch = TokenDataset.of("x", firstIntegers(5)).randomBatch(CounterRandom.of(1), 2, 4);
    assertThat(batch.targets()).containsExactly(1, 2, 3, 4, 1, 2, 3, 4);
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
    assertThatThrownBy(() -> split.train().randomBatch(CounterRandom.of(1), 1, 90))
        .hasMessageStartingWith("the training part (90%) of corpus.txt has 90 tokens");
    assertThatThrownBy(() -> split.requireBlocksOf(0)).hasMessageContaining("at least one");
  }
}
