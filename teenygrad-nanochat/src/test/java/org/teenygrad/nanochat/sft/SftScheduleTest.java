package org.teenygrad.nanochat.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SftScheduleTest {
  @Test
  void ratesAreLevelAndThenFall() {
    SftSchedule schedule = new SftSchedule(SftSettings.DEFAULT, 100);
    assertThat(schedule.learningRateFactor(0)).isEqualTo(1);
    assertThat(schedule.learningRateFactor(49)).isEqualTo(1);
    assertThat(schedule.learningRateFactor(74)).isCloseTo(0.5, within(1e-12));
    assertThat(schedule.learningRateFactor(99)).isCloseTo(0, within(1e-12));
  }

  @Test
  void ratesRiseWhereAsked() {
    SftSchedule schedule = new SftSchedule(SftSettings.DEFAULT.with(Map.of("warmupRatio", 0.1, "warmdownRatio", 0.0, "finalLrFrac", 0.5)), 100);
    assertThat(schedule.learningRateFactor(4)).isCloseTo(0.5, within(1e-12));
    assertThat(schedule.learningRateFactor(50)).isEqualTo(1);
    assertThat(schedule.learningRateFactor(99)).isEqualTo(1);
  }

  @Test
  void momentumRisesIn300Iterations() {
    SftSchedule schedule = new SftSchedule(SftSettings.DEFAULT, 1000);
    assertThat(schedule.momentum(0)).isEqualTo(0.85);
    assertThat(schedule.momentum(150)).isCloseTo(0.90, within(1e-12));
    assertThat(schedule.momentum(600)).isEqualTo(0.95);
  }
}
