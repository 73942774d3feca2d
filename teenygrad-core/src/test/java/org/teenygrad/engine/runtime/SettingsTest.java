package org.teenygrad.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.testing.JavaProcess;

class SettingsTest {
  private static final Path ROOT = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

  @Test
  void readmeHasThisTable() throws IOException {
    List<String> rows = Settings.all().stream()
        .map(setting -> "| `%s` | `%s` | %s | %s |".formatted(setting.variable(), setting.property(), setting.meaning(), setting.byDefault()))
        .toList();
    List<String> table = Files.readAllLines(ROOT.resolve("README.md")).stream().filter(line -> line.startsWith("| `TEENYGRAD_")).toList();
    assertThat(table).containsExactlyElementsOf(rows);
  }

  @Test
  void readmeNamesTheVariablesOfScripts() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    for (String script : List.of("teenygrad", "teenygrad-dist/src/main/image/teenygrad")) {
      List<String> variables = Pattern.compile("TEENYGRAD_\\w+").matcher(Files.readString(ROOT.resolve(script))).results().map(found -> found.group()).distinct().toList();
      assertThat(variables).isNotEmpty().allSatisfy(variable -> assertThat(readme).contains("`" + variable));
    }
  }

  @Test
  void nothingElseReadsTheEnvironmentOrPropertiesOfOurs() throws IOException {
    Pattern reading = Pattern.compile("(getenv|getProperty|getBoolean|getInteger|getLong)\\b[^;]*(TEENYGRAD_|\"teenygrad\\.)");
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<Path> sources = files.filter(file -> file.toString().matches(".*/src/main/java/.*\\.java")).toList();
      assertThat(sources).hasSizeGreaterThan(200);
      for (Path source : sources) {
        assertThat(reading.matcher(Files.readString(source)).find()).as(source.toString()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      threads | x          | TEENYGRAD_THREADS=x is not a number of threads from 1 to 1024
      threads | 2147483647 | TEENYGRAD_THREADS=2147483647 is not a number of threads from 1 to 1024
      threads | 0          | TEENYGRAD_THREADS=0 is not a number of threads from 1 to 1024
      memory  | x          | TEENYGRAD_MEMORY=x is not a size such as 16g, 512m or 1000000000
      debug   | 5          | TEENYGRAD_DEBUG=5 is not a level from 0 to 4
      check   | nun        | TEENYGRAD_CHECK=nun is not a list of checks; there are nan and index
      eager   | yes        | TEENYGRAD_EAGER=yes is not 1 or 0, true or false
      rung    | tensor     | TEENYGRAD_RUNG=tensor is not a rung; there are naive, shared, registers, mma, wgmma, tma
      """)
  void whatMakesNoSenseIsRefusedWithWhatWould(String name, String text, String message) {
    Settings.Setting<?> setting = Settings.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    assertThatThrownBy(() -> setting.parse(setting.variable() + "=", text)).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void aPropertyTakesPrecedence() {
    String property = Settings.PYTHON.property();
    String before = System.setProperty(property, " pypy ");
    try {
      assertThat(Settings.PYTHON.or("python3")).isEqualTo("pypy");
      assertThat(Settings.PYTHON.jvmOptions()).containsExactly("-Dteenygrad.python= pypy ");
      System.setProperty(property, " ");
      assertThat(Settings.PYTHON.or("python3")).isEqualTo("python3");
    } finally {
      System.clearProperty(property);
      if (before != null) {
        System.setProperty(property, before);
      }
    }
  }

  /// Computes a little, twice: an exception of a class that cannot be initialized would be another one the second time.
  static final class Computing {
    public static void main(String[] arguments) {
      for (int i = 0; i < 2; i++) {
        try {
          System.out.println(Tensor.of(1f, 2f).to(Device.of(arguments[0])).exp().sum().item());
        } catch (IllegalArgumentException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"TEENYGRAD_THREADS,cpu", "TEENYGRAD_MEMORY,interpreter", "TEENYGRAD_EAGER,interpreter"})
  void aProgramGetsAnExceptionThatSaysSo(String variable, String device) {
    String output = JavaProcess.run(Computing.class, List.of(), Map.of(variable, "x"), device);
    assertThat(output.lines()).hasSize(2).allMatch(line -> line.startsWith(variable + "=x is not "));
  }

  @Test
  void aLevelThatIsNoneIsSaidOnce() {
    String output = JavaProcess.run(Computing.class, List.of(), Map.of("TEENYGRAD_DEBUG", "loud"), "interpreter");
    assertThat(output.lines()).hasSize(3).first().isEqualTo("teenygrad: TEENYGRAD_DEBUG=loud is not a level from 0 to 4");
  }
}
