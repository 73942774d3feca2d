package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// NIST's Statistical Reference Datasets (in the public domain), whose answers are certified to 15 digits: float64 keeps as many
/// of them as it can.
class NistTest {
  private static final Pattern DATA = Pattern.compile("Data\\s*:?\\s*\\(?\\s*:?\\s*lines\\s+(\\d+)\\s+to\\s+(\\d+)");
  private static final Pattern ESTIMATE = Pattern.compile("(?m)^\\s+B\\d+\\s+(\\S+)\\s+\\S+\\s*$");
  private static final Pattern MEAN = Pattern.compile("Sample Mean\\s+ybar:\\s+(\\S+)");
  private static final Pattern DEVIATION = Pattern.compile("Sample Standard Deviation.*s:\\s+(\\S+)");

  /// @param digits a good QR in float64 has a digit more
  @ParameterizedTest
  @CsvSource({
    "Norris, 11.4", "Pontius, 11.2", "Filip, 6.9", "Longley, 9.9", "NoInt1, 13", "NoInt2, 13", "Wampler1, 8.4", "Wampler2, 12",
    "Wampler3, 8.1", "Wampler4, 6.8", "Wampler5, 4.8"
  })
  void leastSquaresAgreesInDigits(String name, double digits) throws IOException {
    String page = page(name);
    double[][] rows = data(page);
    double[] certified = numbers(page, ESTIMATE);
    Tensor x = Tensor.of(Arrays.stream(rows).map(row -> terms(row, certified.length)).toArray(double[][]::new));
    Tensor y = Tensor.of(Arrays.stream(rows).mapToDouble(row -> row[0]).toArray());
    assertThat(digits(x.lstsq(y).toDoubleArray(), certified)).isGreaterThanOrEqualTo(digits);
  }

  @ParameterizedTest
  @CsvSource({"NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4"})
  void meanAndDeviationAgreeInSevenDigits(String name) throws IOException {
    String page = page(name);
    Tensor y = Tensor.of(Arrays.stream(data(page)).mapToDouble(row -> row[0]).toArray());
    assertThat(digits(y.mean().toDoubleArray(), numbers(page, MEAN))).isGreaterThanOrEqualTo(7);
    assertThat(digits(y.std().toDoubleArray(), numbers(page, DEVIATION))).isGreaterThanOrEqualTo(7);
  }

  /// The factors of the parameters: 1 and the predictors, or the powers of the only one; without a 1 where there is one parameter.
  private static double[] terms(double[] row, int parameters) {
    double[] terms = new double[parameters];
    for (int i = 0; i < parameters; i++) {
      terms[i] = parameters == 1 ? row[1] : row.length > 2 ? (i == 0 ? 1 : row[i]) : Math.pow(row[1], i);
    }
    return terms;
  }

  /// How many leading digits all numbers share with the certified ones, 15 at most.
  private static double digits(double[] found, double[] certified) {
    assertThat(found).hasSameSizeAs(certified);
    double least = 15;
    for (int i = 0; i < found.length; i++) {
      double relative = Math.abs(found[i] - certified[i]) / Math.abs(certified[i]);
      least = Math.min(least, -Math.log10(relative));
    }
    return least;
  }

  private static double[] numbers(String page, Pattern pattern) {
    return pattern.matcher(page).results().map(result -> result.group(1)).mapToDouble(Double::parseDouble).toArray();
  }

  private static double[][] data(String page) {
    MatchResult lines = DATA.matcher(page).results().findFirst().orElseThrow();
    List<String> rows = page.lines().toList().subList(Integer.parseInt(lines.group(1)) - 1, Integer.parseInt(lines.group(2)));
    return rows.stream()
        .map(row -> Arrays.stream(row.strip().split("\\s+", -1)).mapToDouble(Double::parseDouble).toArray())
        .toArray(double[][]::new);
  }

  private static String page(String name) throws IOException {
    try (var in = Objects.requireNonNull(NistTest.class.getResourceAsStream("/nist/" + name + ".dat"), name)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
