package org.teenygrad.nanochat.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Expected numbers are CPython's.
class PythonRandomTest {
  private static List<Integer> range(int end) {
    return new ArrayList<>(IntStream.range(0, end).boxed().toList());
  }

  private static List<Integer> shuffled(long seed, int end) {
    List<Integer> list = range(end);
    new PythonRandom(seed).shuffle(list);
    return list;
  }

  @Test
  void wordsAreMersenneTwisters() {
    PythonRandom random = new PythonRandom(42);
    List<Long> words = IntStream.range(0, 1300).mapToObj(i -> Integer.toUnsignedLong(random.bits(32))).toList();
    assertThat(words).startsWith(2746317213L, 478163327L, 107420369L).endsWith(1891799103L, 1463320861L);
  }

  @Test
  void shuffles() {
    assertThat(shuffled(1337, 12)).containsExactly(6, 0, 1, 4, 10, 7, 3, 11, 2, 5, 8, 9);
    assertThat(shuffled(0, 5)).containsExactly(2, 1, 0, 4, 3);
    assertThat(shuffled(-7, 8)).containsExactly(6, 7, 2, 4, 0, 3, 1, 5);
    assertThat(shuffled(123_456_789_012_345L, 8)).containsExactly(4, 5, 6, 0, 1, 7, 2, 3);
    List<Integer> large = shuffled(1337, 3000);
    assertThat(IntStream.range(0, 3000).mapToLong(i -> (long) i * large.get(i)).sum()).isEqualTo(6778671120L);
  }

  @Test
  void drawsNumbersAndElements() {
    PythonRandom random = new PythonRandom(42);
    assertThat(List.of(random.nextDouble(), random.nextDouble(), random.nextDouble()))
        .containsExactly(0.6394267984578837, 0.025010755222666936, 0.27502931836911926);
    PythonRandom other = new PythonRandom(10_000_007);
    assertThat(IntStream.range(0, 10).mapToObj(i -> other.choice(range(10)))).containsExactly(8, 0, 8, 5, 2, 8, 4, 6, 8, 8);
    assertThat(other.nextDouble()).isEqualTo(0.02468514153838952);
    assertThat(other.choice(range(370_000))).isEqualTo(45_213);
  }

  @Test
  void samplesSmallPopulations() {
    assertThat(new PythonRandom(1234).sample(range(10), 3)).containsExactly(7, 1, 0);
    assertThat(new PythonRandom(1235).sample(range(21), 5)).containsExactly(13, 17, 18, 15, 12);
    assertThat(new PythonRandom(1236).sample(range(85), 10)).containsExactly(68, 61, 83, 33, 66, 42, 84, 13, 69, 51);
    assertThat(new PythonRandom(1).sample(range(3), 3)).containsExactly(0, 2, 1);
  }

  @Test
  void samplesLargePopulations() {
    assertThat(new PythonRandom(1234).sample(range(22), 5)).containsExactly(14, 3, 0, 2, 18);
    assertThat(new PythonRandom(1236).sample(range(86), 10)).containsExactly(68, 61, 85, 33, 66, 42, 13, 69, 51, 74);
    assertThat(new PythonRandom(1237).sample(range(10_000), 10)).containsExactly(2435, 6483, 5069, 3932, 3733, 5755, 8192, 5800, 6230, 6793);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PythonRandom(1).sample(range(3), 4)).withMessageContaining("population of 3");
    assertThatIllegalArgumentException().isThrownBy(() -> new PythonRandom(1).below(0)).withMessageContaining("below 0");
  }
}
