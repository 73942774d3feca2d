package org.teenygrad.distributions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.golden.Json;

/// PyTorch 2.13's distributions in float64, and samples that are distributed as their log-probabilities say.
class DistributionsTest {
  private static final Map<String, Function<List<Tensor>, Distribution>> KINDS = Map.ofEntries(
      Map.entry("Normal", p -> new Normal(p.get(0), p.get(1))),
      Map.entry("Uniform", p -> new Uniform(p.get(0), p.get(1))),
      Map.entry("Laplace", p -> new Laplace(p.get(0), p.get(1))),
      Map.entry("Gumbel", p -> new Gumbel(p.get(0), p.get(1))),
      Map.entry("LogNormal", p -> new LogNormal(p.get(0), p.get(1))),
      Map.entry("Exponential", p -> new Exponential(p.get(0))),
      Map.entry("Geometric", p -> new Geometric(p.get(0))),
      Map.entry("Bernoulli", p -> Bernoulli.ofLogits(p.get(0))),
      Map.entry("Categorical", p -> new Categorical(p.get(0))),
      Map.entry("Gamma", p -> new Gamma(p.get(0), p.get(1))),
      Map.entry("Beta", p -> new Beta(p.get(0), p.get(1))),
      Map.entry("Dirichlet", p -> new Dirichlet(p.get(0))));

  static Stream<Map<?, ?>> ofPyTorch() {
    return ((List<?>) Objects.requireNonNull(Json.resource("/golden/distributions.json"))).stream().map(entry -> (Map<?, ?>) entry);
  }

  private static Distribution distribution(Map<?, ?> entry, List<Tensor> parameters) {
    return Objects.requireNonNull(KINDS.get(String.valueOf(entry.get("name")))).apply(parameters);
  }

  private static List<Tensor> tensors(@Nullable Object list) {
    return ((List<?>) Objects.requireNonNull(list)).stream().map(DistributionsTest::tensor).toList();
  }

  private static Tensor tensor(@Nullable Object value) {
    return value instanceof List<?> list ? Tensor.stack(list.stream().map(DistributionsTest::tensor).toList(), 0)
        : Tensor.of(((Number) Objects.requireNonNull(value)).doubleValue());
  }

  private static void assertEqual(String what, Tensor ours, @Nullable Object theirs) {
    Tensor expected = tensor(theirs);
    assertThat(ours.shape()).as(what).isEqualTo(expected.shape());
    assertThat(ours.dtype()).as(what).isEqualTo(expected.dtype());
    double[] values = expected.toDoubleArray();
    double[] own = ours.toDoubleArray();
    for (int i = 0; i < values.length; i++) {
      assertThat(own[i]).as("%s[%d]", what, i).isCloseTo(values[i], within(1e-10 + 1e-9 * Math.abs(values[i])));
    }
  }

  @ParameterizedTest
  @MethodSource("ofPyTorch")
  void valuesAndDerivativesAreThoseOfPyTorch(Map<?, ?> entry) throws ReflectiveOperationException {
    List<Tensor> parameters = tensors(entry.get("parameters")).stream().map(p -> p.realize().requiresGrad()).toList();
    Distribution d = distribution(entry, parameters);
    Tensor logProb = d.logProb(tensor(entry.get("value")));
    assertEqual("logProb", logProb, entry.get("logProb"));
    Tensor weights = Tensor.arange((int) logProb.numel()).add(1).reshape(logProb.shape());
    List<Tensor> gradients = Gradient.of(logProb.mul(weights).sum(), parameters);
    List<?> expected = (List<?>) Objects.requireNonNull(entry.get("gradients"));
    for (int i = 0; i < expected.size(); i++) {
      assertEqual("gradient " + i, gradients.get(i), expected.get(i));
    }
    assertEqual("entropy", d.entropy(), entry.get("entropy"));
    if (entry.containsKey("mean")) {
      assertEqual("mean", d.mean(), entry.get("mean"));
      assertEqual("variance", d.variance(), entry.get("variance"));
    }
    if (entry.containsKey("kl")) {
      Distribution other = distribution(entry, tensors(entry.get("others")));
      assertEqual("kl", (Tensor) d.getClass().getMethod("kl", d.getClass()).invoke(d, other), entry.get("kl"));
    }
  }

  /// Moments, and that minus the entropy is the mean of the log-probabilities.
  @ParameterizedTest
  @MethodSource("ofPyTorch")
  void samplesAreDistributedSo(Map<?, ?> entry) {
    Tensor.manualSeed(7);
    Distribution d = distribution(entry, tensors(entry.get("parameters")));
    int count = 20_000;
    Tensor drawn = d.sample(count).realize();
    int[] each = Stream.of(d.batchShape(), d.eventShape()).flatMapToInt(Shape::stream).toArray();
    assertThat(drawn.shape().toArray()).startsWith(count).endsWith(each).hasSize(1 + each.length);
    double[] information = d.logProb(drawn).mean(0).neg().toDoubleArray();
    double[] entropy = d.entropy().toDoubleArray();
    double[] spread = d.logProb(drawn).std(new int[] {0}, 1, false).toDoubleArray();
    for (int i = 0; i < entropy.length; i++) {
      assertThat(information[i]).as("entropy %d", i).isCloseTo(entropy[i], within(1e-6 + 5 * spread[i] / Math.sqrt(count)));
    }
    if (entry.containsKey("mean")) {
      double[] mean = drawn.mean(0).toDoubleArray();
      double[] deviation = d.deviation().toDoubleArray();
      double[] expected = d.mean().toDoubleArray();
      for (int i = 0; i < mean.length; i++) {
        assertThat(mean[i]).as("mean %d", i).isCloseTo(expected[i], within(1e-6 + 5 * deviation[i] / Math.sqrt(count)));
      }
    }
  }

  @Test
  void samplesAreFunctionsOfParametersWhereTheyCanBe() {
    Tensor scale = Tensor.of(2.0, 3.0).requiresGrad();
    Tensor drawn = new Normal(Tensor.of(1.0), scale).sample(5);
    drawn.sum().backward();
    assertThat(scale.grad().mul(scale.detach()).add(5).toDoubleArray()).containsExactly(drawn.sum(0).toDoubleArray(), within(1e-9));
  }

  @Test
  void probabilitiesMayBeGiven() {
    Categorical classes = Categorical.ofProbabilities(Tensor.of(1.0, 3.0));
    assertThat(classes.logProb(Tensor.of(1L, 0L)).exp().toDoubleArray()).containsExactly(new double[] {0.75, 0.25}, within(1e-12));
    assertThat(Bernoulli.ofProbabilities(Tensor.of(0.25, 1.0)).mean().toDoubleArray()).containsExactly(new double[] {0.25, 1}, within(1e-12));
    assertThat(new Normal(Tensor.of(0.0), Tensor.of(1.0)).cdf(Tensor.of(0.0, 1.0)).toDoubleArray())
        .containsExactly(new double[] {0.5, 0.8413447460685429}, within(1e-12));
  }

  @Test
  void refusesParametersThatDoNotFit() {
    assertThatThrownBy(() -> new Normal(Tensor.of(1f, 2f), Tensor.of(1f, 2f, 3f))).hasMessageContaining("(2,) and (3,)");
    assertThatThrownBy(() -> new Categorical(Tensor.of(1f))).hasMessageContaining("scalar");
    assertThatThrownBy(() -> new Dirichlet(Tensor.of(1f))).hasMessageContaining("scalar");
  }
}
