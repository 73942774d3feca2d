package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;

class SkinnyContractionTest {
  private static final int INPUTS = 320;

  private static Tensor weight(int outputs) {
    Tensor.manualSeed(outputs);
    return Tensor.randn(outputs, INPUTS).cast(DType.FLOAT16).realize().toFloat();
  }

  /// Who is served beside others gets the same bits.
  @Test
  void aRowDoesNotDependOnHowManyThereAre() {
    for (int outputs : new int[] {257, 264}) {
      Tensor weight = weight(outputs);
      Tensor x = Tensor.randn(64, INPUTS).realize();
      float[] all = x.linear(weight, null).toFloatArray();
      for (int rows : new int[] {1, 2, 3, 4, 7, 16, 33, 64}) {
        Tensor some = x.slice(0, 0, rows).contiguous().realize().linear(weight, null);
        assertThat(Profile.of(some::realize).launches().getFirst().name()).startsWith("skinny");
        assertThat(some.toFloatArray()).as("%d rows", rows).containsExactly(Arrays.copyOf(all, rows * outputs));
      }
    }
  }

  @Test
  void theSumsAreThoseOfTheInterpreter() {
    Tensor weight = weight(300);
    Tensor x = Tensor.randn(7, INPUTS).realize();
    Tensor bias = Tensor.randn(300).realize();
    Device interpreter = Device.of("interpreter");
    float[] expected = x.to(interpreter).linear(weight.to(interpreter), bias.to(interpreter)).relu().toFloatArray();
    assertThat(x.linear(weight, bias).relu().toFloatArray()).usingComparatorWithPrecision(1e-4f).containsExactly(expected);
  }
}
