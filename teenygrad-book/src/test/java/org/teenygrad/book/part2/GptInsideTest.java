package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.book.Reading;
import org.teenygrad.data.Batch;

class GptInsideTest {
  @TempDir private Path folder;

  @Test
  void theAttentionThatIsDrawnIsTheModelsOwn() throws IOException {
    Reading reading = Reading.of(new GptInside(60, 8, 32, 2, 32, 1e-2), folder);
    assertThat(reading.claims().getFirst().holds()).isTrue();
    assertThat(reading.measured("what it gains over counts of pairs on held-out text (nats a character)")).isBetween(-1.0, 0.4);
    assertThat(reading.pictures()).containsExactly(folder.resolve("gpt-attention.svg"), folder.resolve("gpt-next.svg"));
  }

  /// After 0 comes 1 twice and 0 once, of five characters: ln((3 + 0.5) / (2 + 0.1)) nats where it is 1.
  @Test
  void pairsAreCountedATenthMoreOften() {
    Batch seen = new Batch(List.of(Tensor.of(new int[] {0, 0, 0}, 1, 3), Tensor.of(new int[] {1, 1, 0}, 1, 3)));
    Batch heldOut = new Batch(List.of(Tensor.of(new int[] {0, 0}, 1, 2), Tensor.of(new int[] {1, 1}, 1, 2)));
    assertThat(GptInside.pairLoss(seen, heldOut, 5)).isCloseTo(Math.log(3.5 / 2.1), within(1e-9));
  }

  @Test
  void refusesPassagesTooShortToDraw() {
    assertThatThrownBy(() -> new GptInside(1, 1, 8, 1, 32, 1e-2)).hasMessageContaining("block_size");
  }
}
