package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;
import org.teenygrad.testing.Devices;

/// PyTorch's answers, forward and backward, against ours.
///
/// `-Dgolden=PATH` reads other files than the one that is kept here ([GoldenFiles#at] says what a path may be),
/// `-Dgolden.device=NAME` picks one device. Each case that fails or cannot be run prints a line and counts as a failure.
/// ```
/// ./mvnw -pl teenygrad-core -am test -Dtest=GoldenTest -Dgolden=PATH -Dgolden.device=cpu
/// ```
///
/// Of tinygrad's operator tests, answered by PyTorch as 1,840 programs, all but one pass on the interpreter and on the CPU:
/// `scatter#11` expects Python's TypeError but records no call that could throw it.
class GoldenTest {
  /// All devices of this machine that compute.
  static Stream<Device> devices() {
    String name = System.getProperty("golden.device");
    if (name != null) {
      return Stream.of(Device.of(name));
    }
    return Devices.all();
  }

  static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(GoldenTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A file that is kept here, as a prefix.
  static Path kept(String name) {
    String kept = resource("/golden/" + name + ".json").toString();
    return Path.of(kept.substring(0, kept.length() - ".json".length()));
  }

  /// A relative path is meant from where Maven was called; the tests run one folder below.
  private static Path fromRoot(String path) {
    return Path.of("").toAbsolutePath().resolveSibling(path);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void everyCaseGivesTheAnswerAndTheGradientsOfPyTorch(Device device) {
    String property = System.getProperty("golden");
    GoldenCount count = GoldenCount.of(property == null ? kept("golden-1") : fromRoot(property), device);
    assertThat(count.failed() + count.unsupported()).as("cases that failed or cannot be run").isZero();
    assertThat(count.passed()).isPositive();
  }
}
