package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class GptInsideTest {
  @TempDir private Path folder;

  @Test
  void theAttentionThatIsDrawnIsTheModelsOwn() throws IOException {
    Reading reading = Reading.of(new GptInside(60, 8, 32, 2, 32, 1e-2), folder);
    assertThat(reading.claims().getFirst().holds()).isTrue();
    assertThat(reading.measured("what it gains over counts of pairs on held-out text (nats a character)")).isBetween(-1.0, 0.4);
    assertThat(reading.pictures()).containsExactly(folder.resolve("gpt-attention.svg"), folder.resolve("gpt-next.svg"));
  }

  @Test
  void refusesPassagesTooShortToDraw() {
    assertThatThrownBy(() -> new GptInside(1, 1, 8, 1, 32, 1e-2)).hasMessageContaining("block_size");
  }
}
