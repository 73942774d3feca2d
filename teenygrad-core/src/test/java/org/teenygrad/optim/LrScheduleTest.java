package org.teenygrad.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.golden.Json;

class LrScheduleTest {
  /// What `schedule_goldens.py` sets up, by its names.
  private static final Map<String, LrSchedule> SCHEDULES = Map.of(
      "constant", LrSchedule.constant(0.1),
      "linear", LrSchedule.linear(0.1, 0.02, 10),
      "step", LrSchedule.step(0.1, 0.3, 7),
      "multiStep", LrSchedule.steps(0.1, 0.3, 4, 9, 20),
      "exponential", LrSchedule.exponential(0.1, 0.9),
      "cosine", LrSchedule.cosine(0.1, 0.01, 20),
      "oneCycle", LrSchedule.oneCycle(0.5, 40),
      "oneCycleLinear", new OneCycle(0.5, 30, 0.4, 10, 100, false),
      "warmup", LrSchedule.cosine(0.1, 0, 25).withWarmup(5, 0.25),
      "then", LrSchedule.constant(0.05).then(8, LrSchedule.exponential(0.1, 0.8)));

  private record Rates(String name, List<Double> rates) {}

  static List<Rates> ratesOfPyTorch() {
    return ((List<?>) Objects.requireNonNull(Json.resource("/golden/schedules.json")))
        .stream().map(entry -> rates((Map<?, ?>) entry)).toList();
  }

  private static Rates rates(Map<?, ?> entry) {
    List<?> rates = (List<?>) Objects.requireNonNull(entry.get("rates"));
    return new Rates(String.valueOf(entry.get("name")), rates.stream().map(rate -> ((Number) rate).doubleValue()).toList());
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
  }
}
