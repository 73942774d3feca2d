package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;
import org.teenygrad.book.part2.Optimizers.Rule;

class OptimizersTest {
  @TempDir private Path folder;

  @Test
  void everyStepIsTheRules() throws IOException {
    Reading reading = Reading.of(new Optimizers(110, 50), folder).holds();
    assertThat(reading.pictures()).hasSize(1);
    assertThat(reading.text()).contains("Ravine", "Banana", "Ripples");
  }

  private static double saved(int steps, double condition) {
    Optimizers program = new Optimizers(steps, condition);
    Optimizers.Surface ravine = program.surfaces().getFirst();
    return (double) program.walk(ravine, Rule.SGD).firstBelow(0.01) / program.walk(ravine, Rule.MOMENTUM).firstBelow(0.01);
  }

  /// Exercise 4: the steeper the ravine, the more momentum is worth.
  @Test
  void exerciseMomentumIsWorthMoreInASteeperRavine() {
    assertThat(saved(240, 100)).isGreaterThan(1.4 * saved(110, 50));
  }

  @Test
  void refusesNoSteps() {
    assertThatThrownBy(() -> new Optimizers(0, 50)).hasMessageContaining("steps");
  }
}
