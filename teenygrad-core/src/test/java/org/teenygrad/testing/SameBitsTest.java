package org.teenygrad.testing;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.Device;
import org.teenygrad.RandomState;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// What is drawn is the same on every device, to the last bit.
class SameBitsTest {
  private final Comparison comparison = new Comparison(Device.of("interpreter"), Device.of("cpu"));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void compiledDrawsEqualTheInterpretersBitForBit(long seed) {
    draws(seed, random -> random.rand(1_000), random -> random.uniform(-2, 3, 999), random -> random.randn(10_001), random -> random.normal(3, 0.1, 100));
    draws(seed, random -> random.randint(-5, 1_000, 333), random -> random.randperm(100), random -> random.bernoulli(Tensor.full(Shape.of(640), 0.3)));
    draws(seed, random -> random.multinomial(Tensor.of(1f, 2f, 0f, 5f), 400, true), random -> random.multinomial(Tensor.of(1f, 2f, 3f, 5f), 3, false));
    Tensor.manualSeed(seed);
    comparison.check("dropout, seed " + seed, List.of(Tensor.arange(1_000).toFloat().dropout(0.4, true).node()), 0);
  }

  @SafeVarargs
  private void draws(long seed, Function<RandomState, Tensor>... draws) {
    RandomState random = RandomState.of(seed);
    for (int i = 0; i < draws.length; i++) {
      comparison.check(
          String.format(Locale.ROOT, "draw %d, seed %d", i, seed), List.of(draws[i].apply(random).node()), 0);
    }
  }
}
