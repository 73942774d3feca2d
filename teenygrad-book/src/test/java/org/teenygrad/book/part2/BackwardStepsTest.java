package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class BackwardStepsTest {
  @TempDir private Path folder;

  @Test
  void framesFillFromTheInputsDownAndFromTheResultUp() throws IOException {
    Reading reading = Reading.of(new BackwardSteps(), folder).holds();
    String svg = Files.readString(reading.pictures().getFirst());
    assertThat(svg.lines().filter(line -> line.contains(">x1<"))).as("frames").hasSize(11);
    assertThat(svg.lines().filter(line -> line.contains(">2398.2<"))).as("d is known from the fifth on").hasSize(7);
    assertThat(svg.lines().filter(line -> line.contains(">grad 7397.7<"))).hasSize(2);
    assertThat(svg.lines().filter(line -> line.contains(">grad 2398.2<"))).as("the last").hasSize(1);
  }
}
