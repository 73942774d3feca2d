package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.book.Reading;

class SentimentFnnTest {
  @TempDir private Path folder;

  /// Words alone judge 69 % of these reviews right (chapter 1.5): `not` is in a third of the statements.
  @Test
  void theHiddenLayerLearnsWhatNotDoes() throws IOException {
    Reading reading = Reading.of(new SentimentFnn(300, 64, 16, 32, 0.2, 1_500), folder).holds();
    assertThat(reading.claims()).hasSize(2);
    assertThat(reading.pictures()).hasSize(1);
  }

  @Test
  void placesWithoutAWordDoNotCount() {
    Tensor.manualSeed(1);
    SentimentFnn.Network network = SentimentFnn.Network.of(5, 4, 32, 0);
    Tensor shorter = network.forward(Tensor.of(new int[] {1, 2, 3, 0}, 1, 4));
    Tensor longer = network.forward(Tensor.of(new int[] {1, 2, 3, 0, 0, 0}, 1, 6));
    assertThat(longer.item()).isCloseTo(shorter.item(), within(1e-6f));
  }

  @Test
  void refusesNoSteps() {
    assertThatThrownBy(() -> new SentimentFnn(0, 1, 1, 1, 0, 20)).hasMessageContaining("steps");
  }
}
