package org.teenygrad.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LrScheduleTest {

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
    assertThatThrownBy(() -> LrSchedule.step(1, 1, 0)).hasMessageContaining("at least 1");
  }
}
