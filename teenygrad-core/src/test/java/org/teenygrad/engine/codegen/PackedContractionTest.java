package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;

class PackedContractionTest {
  private static final int OUTPUTS = 100;
  private static final int MOST_ROWS = 130;

  /// A token that is read alone has the bits that it has in a text: also where sums are longer than what many rows add up at a time.
  @ParameterizedTest
  @ValueSource(ints = {64, 768, 1100, 2048})
  void aRowDoesNotDependOnHowManyThereAre(int inputs) {
    Tensor.manualSeed(inputs);
    Tensor x = Tensor.randn(MOST_ROWS, inputs).realize();
    Tensor alongInputs = Tensor.randn(OUTPUTS, inputs).realize().transpose(0, 1);
    Tensor alongOutputs = Tensor.randn(inputs, OUTPUTS).realize();
    for (Tensor weight : new Tensor[] {alongInputs, alongOutputs}) {
      float[] all = x.matmul(weight).toFloatArray();
      for (int rows : new int[] {1, 2, 3, 4, 16, 47, 48, 64}) {
        Tensor some = x.slice(0, 0, rows).contiguous().realize().matmul(weight);
        assertThat(Profile.of(some::realize).launches()).singleElement().extracting(Profile.Launch::name).asString().startsWith("contract");
        assertThat(some.toFloatArray()).as("%d rows", rows).containsExactly(Arrays.copyOf(all, rows * OUTPUTS));
      }
    }
  }
}
