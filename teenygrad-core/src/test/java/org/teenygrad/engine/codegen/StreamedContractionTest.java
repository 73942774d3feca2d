package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

class StreamedContractionTest {
  private static final int KEYS = 75;
  private static final int DIM = 64;

  private static float[] numbers(int seed, int count) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /// Columns end where data says that the others are hidden: those before are as they would be, whatever the others are made of.
  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 15, 16, 17, 63, 73, 74, 90})
  void scoresOfHiddenKeysAreNotLookedAt(int position) {
    float[] keys = numbers(1, KEYS * DIM);
    float[] queries = numbers(2, 3 * DIM);
    float[] all = Tensor.of(queries, 3, DIM).realize().matmul(Tensor.of(keys, KEYS, DIM).realize().transpose(0, 1)).toFloatArray();
    for (int i = Math.max(0, position + 1) * DIM; i < keys.length; i++) {
      keys[i] = Float.NaN;
    }
    Tensor scores = Tensor.of(queries, 3, DIM).realize().matmul(Tensor.of(keys, KEYS, DIM).realize().transpose(0, 1));
    Tensor seen = Tensor.arange(KEYS, DType.INT32).le(Tensor.of(new int[] {position}).realize());
    float[] masked = seen.where(scores, Float.NEGATIVE_INFINITY).toFloatArray();
    for (int i = 0; i < masked.length; i++) {
      assertThat(masked[i]).as("query %d, key %d", i / KEYS, i % KEYS).isEqualTo(i % KEYS <= position ? all[i] : Float.NEGATIVE_INFINITY);
    }
  }
}
