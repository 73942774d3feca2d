package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.Tensor;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.nn.Mode;

class DecoderTest {
  private static final int BLOCK = 8;
  private static final int[] TEXT = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};

  private final Gpt model = model();

  private static Gpt model() {
    Tensor.manualSeed(3);
    return Gpt.of(new GptConfig(10, BLOCK, 2, 2, 8, 0.5, true));
  }

  @Test
  void saysTokenByTokenWhatTheModelSaysAtOnce() {
    Mode.EVALUATION.run(() -> {
      Decoder decoder = new Decoder(model);
      assertSame(decoder.read(Arrays.copyOf(TEXT, 3)), Arrays.copyOf(TEXT, 3));
      for (int length = 4; length <= BLOCK; length++) {
        assertSame(decoder.append(TEXT[length - 1]), Arrays.copyOf(TEXT, length));
      }
    });
  }

  @Test
  void goesOnWithHalfOfAFullBlock() {
    Mode.EVALUATION.run(() -> {
      Decoder decoder = new Decoder(model);
      decoder.read(Arrays.copyOf(TEXT, BLOCK));
      assertSame(decoder.append(TEXT[BLOCK]), Arrays.copyOfRange(TEXT, BLOCK + 1 - BLOCK / 2, BLOCK + 1));
      assertSame(decoder.append(TEXT[BLOCK + 1]), Arrays.copyOfRange(TEXT, BLOCK + 1 - BLOCK / 2, BLOCK + 2));
    });
  }

  @Test
  void readsTheEndOfALongText() {
    Mode.EVALUATION.run(() -> assertSame(new Decoder(model).read(TEXT), Arrays.copyOfRange(TEXT, TEXT.length - BLOCK, TEXT.length)));
  }

  @Test
  void theSameSeedGivesTheSameText() {
    List<Integer> first = generate(7);
    assertThat(first).hasSize(20);
    assertThat(generate(7)).isEqualTo(first);
    assertThat(generate(8)).isNotEqualTo(first);
  }

  @Test
  void oneTokenOfContextIsEnough() {
    Tensor.manualSeed(3);
    List<Integer> tokens = new ArrayList<>();
    Gpt.of(new GptConfig(4, 1, 1, 1, 4, 0, false)).generate(new int[] {1, 2}, 5, sampler(1), tokens::add);
    assertThat(tokens).hasSize(5);
  }

  private List<Integer> generate(long seed) {
    List<Integer> tokens = new ArrayList<>();
    model.generate(new int[] {1}, 20, sampler(seed), tokens::add);
    return tokens;
  }

  private static Sampler sampler(long seed) {
    return new Sampler(new Sampler.Settings(1, 0, 1), CounterRandom.of(seed));
  }

  private void assertSame(float[] actual, int... context) {
    float[] all = model.forward(Tensor.of(context, 1, context.length)).toFloatArray();
    assertThat(actual).containsExactly(Arrays.copyOfRange(all, all.length - actual.length, all.length), within(1e-5f));
  }
}
