package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;
import org.teenygrad.state.FileException;

class CertifiedDigitsTest {
  @TempDir private Path folder;

  @Test
  void longleyAndWamplerHaveTheirDigits() throws IOException {
    Reading reading = Reading.of(new CertifiedDigits(), folder).holds();
    assertThat(reading.claims()).hasSize(4);
    assertThat(reading.measured("Wampler1: right digits by lstsq")).isGreaterThan(14); // exact but for the last bits
  }

  @Test
  void readsAFileOfTheReferenceDatasets() throws IOException {
    // Norris: NIST, public domain.
    Path data = Files.writeString(folder.resolve("Norris.dat"), """
        B0        -0.262323073774029     0.232818234301152
        B1         1.00211681802045      0.429796848199937E-03
        Data:       y          x
        0.1 0.2
        338.8 337.4
        118.1 118.2
        888.0 884.6
        9.2 10.1
        228.1 226.5
        668.5 666.3
        998.5 996.3
        449.1 448.6
        778.9 777.0
        559.2 558.2
        0.3 0.4
        0.1 0.6
        778.1 775.5
        668.8 666.9
        339.3 338.0
        448.9 447.5
        10.8 11.6
        557.7 556.0
        228.3 228.1
        998.0 995.8
        888.8 887.6
        119.6 120.2
        0.3 0.3
        0.6 0.3
        557.6 556.8
        339.3 339.1
        888.0 887.2
        998.5 999.0
        778.9 779.0
        10.2 11.1
        117.6 118.3
        228.9 229.2
        668.4 669.1
        449.2 448.9
        0.2 0.5
        """);
    Reading reading = Reading.of(new CertifiedDigits(), Files.createDirectory(folder.resolve("out")), Optional.of(data));
    assertThat(reading.claims().getFirst().holds()).as(reading.text()).isTrue();
    assertThat(reading.measured("Norris: right digits by lstsq")).isGreaterThan(12.4);
  }

  @Test
  void refusesWhatIsNoProblem() throws IOException {
    assertThatThrownBy(() -> Reading.of(new CertifiedDigits(), folder, Optional.of(folder))).isInstanceOf(FileException.class).hasMessageContaining(".dat");
    Path other = Files.writeString(folder.resolve("other.dat"), "Data: y x\n1 2\n");
    assertThatThrownBy(() -> Reading.of(new CertifiedDigits(), folder, Optional.of(other))).isInstanceOf(FileException.class).hasMessageContaining("certified coefficients");
  }
}
