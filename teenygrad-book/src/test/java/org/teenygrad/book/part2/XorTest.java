package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.book.Claim;
import org.teenygrad.book.Reading;

class XorTest {
  @TempDir private Path folder;

  @Test
  void twoLayersDoWhatALineCannot() throws IOException {
    Reading reading = Reading.of(new Xor(40, 300, 0.1, Xor.Activation.TANH), folder).holds();
    assertThat(reading.measured("what a line leaves of XOR")).isBetween(0.693, 0.694);
    assertThat(reading.pictures()).containsExactly(folder.resolve("xor.svg"));
  }

  /// Exercise 2.1.1: two layers without an activation are one matrix, w2 w1.
  @Test
  void twoLayersWithoutAnActivationAreALine() throws IOException {
    Reading reading = Reading.of(new Xor(10, 300, 0.1, Xor.Activation.NONE), folder);
    assertThat(reading.claims()).extracting(Claim::holds).containsExactly(true, false, false);
    assertThat(reading.measured("percentage of starts that learn XOR with 8 units")).isZero();
    assertThat(reading.measured("largest error of these four probabilities")).isBetween(0.49, 0.52);
  }

  /// Exercise 2.1.2: with ReLU, the weights can be found by hand: the first unit counts the ones, the second is 1 only at (1, 1).
  @Test
  void reluUnitsByHand() {
    Xor.Networks byHand = new Xor.Networks(
        Tensor.of(new float[] {1, 1, 1, 1}, 1, 2, 2), Tensor.of(new float[] {0, -1}, 1, 1, 2),
        Tensor.of(new float[] {1, -2}, 1, 2, 1), Tensor.zeros(1, 1, 1), Xor.Activation.RELU);
    assertThat(byHand.forward(Tensor.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)).toFloatArray()).containsExactly(0, 1, 1, 0);
  }

  @Test
  void refusesNoStart() {
    assertThatThrownBy(() -> new Xor(0, 1, 0.1, Xor.Activation.TANH)).hasMessageContaining("starts");
  }
}
