package org.teenygrad.optim;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Tensor;
import org.teenygrad.golden.Json;

class LrScheduleTest {
  /// What `schedule_goldens.py` sets up, by its names.
  private static final Map<String, LrSchedule> SCHEDULES = Map.ofEntries(
      entry("constant", LrSchedule.constant(0.1)),
      entry("linear", LrSchedule.linear(0.1, 0.02, 10)),
      entry("step", LrSchedule.step(0.1, 0.3, 7)),
      entry("multiStep", LrSchedule.steps(0.1, 0.3, 4, 9, 20)),
      entry("exponential", LrSchedule.exponential(0.1, 0.9)),
      entry("cosine", LrSchedule.cosine(0.1, 0.01, 20)),
      entry("oneCycle", LrSchedule.oneCycle(0.5, 40)),
      entry("oneCycleLinear", new OneCycle(0.5, 30, 0.4, 10, 100, false)),
      entry("warmup", LrSchedule.cosine(0.1, 0, 25).withWarmup(5, 0.25)),
      entry("then", LrSchedule.constant(0.05).then(8, LrSchedule.exponential(0.1, 0.8))),
      entry("polynomial", LrSchedule.polynomial(0.1, 10, 2)),
      entry("polynomialRoot", LrSchedule.polynomial(0.1, 7, 0.5)),
      entry("multiplicative", LrSchedule.multiplicative(0.1, i -> i % 2 == 1 ? 0.9 : 1.05)),
      entry("warmRestarts", LrSchedule.cosineWarmRestarts(0.1, 0.01, 5, 2)),
      entry("warmRestartsSame", LrSchedule.cosineWarmRestarts(0.1, 0, 7, 1)),
      entry("cyclic", Cyclic.of(0.01, 0.1, 5)),
      entry("cyclicMomentum", new Cyclic(0.9, 0.8, 5, 9, Cyclic.Heights.SAME, 1)),
      entry("cyclicHalved", new Cyclic(0.01, 0.1, 4, 8, Cyclic.Heights.HALVED, 1)),
      entry("cyclicExponential", new Cyclic(0.01, 0.1, 6, 6, Cyclic.Heights.EXPONENTIAL, 0.97)),
      entry("oneCycleThreePhase", new OneCycle(0.5, 40, 0.3, 25, 1e4, true, true)),
      entry("oneCycleThreePhaseLinear", new OneCycle(0.5, 40, 0.25, 5, 50, false, true)),
      entry("oneCycleMomentum", new OneCycle(0.5, 40, 0.3, 25, 1e4, true).momentum(0.85, 0.95)),
      entry("oneCycleThreePhaseMomentum", new OneCycle(0.5, 40, 0.3, 25, 1e4, true, true).momentum(0.8, 0.95)),
      entry("chained", LrSchedule.constant(0.5).then(4, LrSchedule.constant(1)).times(LrSchedule.exponential(0.1, 0.9))));

  private record Rates(String name, List<Double> rates) {}

  static List<Rates> ratesOfPyTorch() {
    return Stream.of("/golden/schedules.json", "/golden/schedules-more.json").flatMap(LrScheduleTest::entries)
        .filter(entry -> !entry.containsKey("values"))
        .map(entry -> new Rates(String.valueOf(entry.get("name")), numbers(entry, "rates"))).toList();
  }

  private static Stream<Map<?, ?>> entries(String resource) {
    return ((List<?>) Objects.requireNonNull(Json.resource(resource))).stream().map(entry -> (Map<?, ?>) entry);
  }

  private static List<Double> numbers(Map<?, ?> entry, String name) {
    return ((List<?>) Objects.requireNonNull(entry.get(name))).stream().map(rate -> ((Number) rate).doubleValue()).toList();
  }

  @ParameterizedTest
  @MethodSource("ratesOfPyTorch")
  void ratesAreThoseOfPyTorch(Rates expected) {
    LrSchedule schedule = Objects.requireNonNull(SCHEDULES.get(expected.name()));
    for (int i = 0; i < expected.rates().size(); i++) {
      assertThat(schedule.at(i)).as("iteration %d", i).isCloseTo(expected.rates().get(i), within(1e-12));
    }
  }

  @Test
  void plateausReduceRatesAsInPyTorch() {
    PlateauOptions usual = PlateauOptions.DEFAULT;
    Map<String, PlateauOptions> options = Map.of(
        "plateau", usual.withPatience(2),
        "plateauMax", usual.withLargerIsBetter().withFactor(0.5).withPatience(1).withCooldown(2).withMinLr(0.004),
        "plateauAbsolute", usual.withThreshold(0.05, false).withPatience(0).withFactor(0.7),
        "plateauFlat", new PlateauOptions(false, 0.2, 3, 1e-4, true, 0, 0, 1e-3));
    List<Map<?, ?>> entries = entries("/golden/schedules-more.json").filter(entry -> entry.containsKey("values")).toList();
    assertThat(entries).hasSize(4);
    for (Map<?, ?> entry : entries) {
      var optimizer = new SGD(Map.of("w", Tensor.zeros(1).requiresGrad()), 0.1);
      var plateau = new ReduceOnPlateau(optimizer, Objects.requireNonNull(options.get(String.valueOf(entry.get("name")))));
      List<Double> rates = new ArrayList<>();
      for (double value : numbers(entry, "values")) {
        plateau.step(value);
        rates.add(optimizer.learningRate(0));
      }
      assertThat(rates).as(String.valueOf(entry.get("name"))).isEqualTo(numbers(entry, "rates"));
    }
  }

  @Test
  void oneCycleEndsAtItsLastRateAndStays() {
    LrSchedule schedule = LrSchedule.oneCycle(1, 10);
    assertThat(schedule.at(9)).isEqualTo(schedule.at(1000)).isCloseTo(1 / 25e4, within(1e-15));
    assertThat(new OneCycle(1, 1, 0, 25, 10, true).at(0)).isCloseTo(1 / 250.0, within(1e-15));
    assertThatThrownBy(() -> new OneCycle(1, 0, 0.3, 25, 10, true)).hasMessageContaining("0 iterations");
  }

  @Test
  void cosineRisesFallsAndStays() {
    var schedule = new CosineSchedule(1e-3, 1e-4, 100, 2000);
    assertThat(schedule.at(0)).isCloseTo(1e-3 / 101, within(1e-18));
    assertThat(schedule.at(99)).isCloseTo(1e-3 * 100 / 101, within(1e-18));
    assertThat(schedule.at(100)).isCloseTo(1e-3, within(1e-18));
    assertThat(schedule.at(1050)).isCloseTo(5.5e-4, within(1e-18));
    assertThat(schedule.at(2000)).isEqualTo(1e-4);
    assertThat(schedule.at(1_000_000)).isEqualTo(1e-4);
  }

  @Test
  void cosineWithoutRiseOrFall() {
    assertThat(new CosineSchedule(1, 0, 0, 10).at(0)).isEqualTo(1);
    assertThat(new CosineSchedule(1, 0.5, 10, 10).at(10)).isEqualTo(0.5);
    assertThat(new CosineSchedule(1, 0.5, 0, 0).at(0)).isEqualTo(0.5);
  }

  @Test
  void linearEndsAtItsLastRate() {
    var schedule = LrSchedule.linear(1, 0.5, 10);
    assertThat(schedule.at(0)).isEqualTo(1);
    assertThat(schedule.at(5)).isEqualTo(0.75);
    assertThat(schedule.at(10)).isEqualTo(0.5);
    assertThat(schedule.at(11)).isEqualTo(0.5);
  }

  @Test
  void stepFallsAfterEveryPeriod() {
    var schedule = LrSchedule.step(1, 0.5, 10);
    assertThat(schedule.at(9)).isEqualTo(1);
    assertThat(schedule.at(10)).isEqualTo(0.5);
    assertThat(schedule.at(29)).isEqualTo(0.25);
  }

  @Test
  void constantStays() {
    assertThat(LrSchedule.constant(0.1).at(1_000_000)).isEqualTo(0.1);
  }

  @Test
  void refusesRatesThatAreNoRates() {
    assertThatThrownBy(() -> new CosineSchedule(Double.NaN, 0, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a learning rate must be a finite number of 0 or more, not NaN");
    assertThatThrownBy(() -> LrSchedule.constant(-1)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> LrSchedule.constant(Double.POSITIVE_INFINITY))
        .hasMessageContaining("Infinity");
    assertThatThrownBy(() -> new CosineSchedule(1, 0, -1, 1)).hasMessageContaining("warmupIters");
    assertThatThrownBy(() -> LrSchedule.cosine(1, 0, 0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> LrSchedule.step(1, 1, 0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> LrSchedule.polynomial(1, 0, 1)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> LrSchedule.cosineWarmRestarts(1, 0, 5, 0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> Cyclic.of(0.1, 1, 0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> PlateauOptions.DEFAULT.withFactor(1)).hasMessageContaining("without 1");
  }
}
