package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.book.Claim;
import org.teenygrad.book.Reading;

class MlpNamesTest {
  @TempDir private Path folder;

  @Test
  void vectorsGeneraliseWhereCountsDoNot() throws IOException {
    Reading reading = Reading.of(new MlpNames(3, 8, 64, 6, 128, 1e-2, 5), folder).holds();
    assertThat(reading.measured("what vectors gain over counts of the same contexts (nats)")).isBetween(0.1, 0.4);
    assertThat(reading.pictures()).containsExactly(folder.resolve("mlp-signals.svg"));
  }

  @Test
  void aModelThatHasLearnedNothingLosesToCounts() throws IOException {
    assertThat(Reading.of(new MlpNames(2, 4, 16, 1, 512, 1e-6, 2), folder).claims()).extracting(Claim::holds).containsExactly(true, false);
  }

  /// Exercise 2.1.3: half of a ReLU's inputs become 0, so its layers need weights with twice the variance: gain sqrt(2).
  @Test
  void reluLayersKeepTheirSizeWithGainRootTwo() {
    Tensor.manualSeed(1);
    int units = 400;
    Tensor x = Tensor.randn(200, units);
    double before = x.square().mean().itemDouble();
    for (int layer = 0; layer < 10; layer++) {
      x = x.linear(Tensor.normal(0, Math.sqrt(2.0 / units), units, units)).relu();
    }
    assertThat(x.square().mean().itemDouble() / before).isCloseTo(1, within(0.35));
  }
}
