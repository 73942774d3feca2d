package org.teenygrad.book.part3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class ScalingLawsTest {
  @TempDir private Path folder;

  /// Exercise 3.1.1: what models have learned after forty steps depends on the steps more than on their size.
  @Test
  void modelsThatHaveHardlyLearnedDifferLittle() throws IOException {
    Reading reading = Reading.of(new ScalingLaws(40, 4, 16, 1e-2, 2), folder);
    assertThat(reading.measured("loss of the sixth")).isBetween(2.6, 3.1);
    assertThat(reading.text()).contains("width 12, N =  3,456", "width 48, N = 55,296");
    assertThat(reading.pictures()).containsExactly(folder.resolve("scaling-laws.svg"));
  }

  @Test
  void findsTheLawThatThePointsFollow() {
    List<ScalingLaws.Trained> models = Stream.of(1e3, 3e3, 1e4, 3e4, 1e5).map(n -> new ScalingLaws.Trained(0, n, Math.pow(5e8 / n, 0.08))).toList();
    ScalingLaws.Law law = ScalingLaws.Law.fit(models);
    assertThat(law.exponent()).isCloseTo(0.08, within(1e-12));
    assertThat(law.at(1e7)).isCloseTo(Math.pow(5e8 / 1e7, 0.08), within(1e-12));
  }

  /// Exercise 3.1.2: N = scale / L^(1 / exponent). With a small exponent, one per cent is dear.
  @Test
  void theLawCanBeSolvedForTheSize() {
    ScalingLaws.Law law = new ScalingLaws.Law(1e9, 0.1);
    double loss = 0.99 * law.at(55_296);
    double parameters = law.scale() / Math.pow(loss, 1 / law.exponent());
    assertThat(law.at(parameters)).isCloseTo(loss, within(1e-12));
    assertThat(parameters / 55_296).isBetween(1.1, 1.11);
  }
}
