package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.testing.UlpRow;

/// Elementary functions are as exact as NumPy's validation set asks for: 1 unit in the last place in float64 (2 for tanh),
/// 2 to 4 in float32.
///
/// `-Dumath=FOLDER` takes all rows of NumPy's files there instead of those that are kept here.
class UmathTest {
  private static final Map<String, UnaryOperator<Tensor>> FUNCTIONS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("exp", Tensor::exp), Map.entry("exp2", Tensor::exp2), Map.entry("expm1", Tensor::expm1),
              Map.entry("log", Tensor::log), Map.entry("log2", Tensor::log2), Map.entry("log10", Tensor::log10),
              Map.entry("log1p", Tensor::log1p), Map.entry("cbrt", Tensor::cbrt),
              Map.entry("sin", Tensor::sin), Map.entry("cos", Tensor::cos), Map.entry("tan", Tensor::tan),
              Map.entry("asin", Tensor::asin), Map.entry("acos", Tensor::acos), Map.entry("atan", Tensor::atan),
              Map.entry("sinh", Tensor::sinh), Map.entry("cosh", Tensor::cosh), Map.entry("tanh", Tensor::tanh),
              Map.entry("asinh", Tensor::asinh), Map.entry("acosh", Tensor::acosh), Map.entry("atanh", Tensor::atanh)));

  private static final List<UlpRow> ROWS = rows();

  private static List<UlpRow> rows() {
    String folder = System.getProperty("umath");
    return folder == null ? UlpRow.kept() : UlpRow.folder(Path.of(folder));
  }

  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void everyRowIsWithinItsUlps(Device device) {
    List<String> wrong = new ArrayList<>();
    FUNCTIONS.forEach((name, function) -> {
      for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
        List<UlpRow> rows = ROWS.stream().filter(row -> row.function().equals(name) && row.dtype() == dtype).toList();
        assertThat(rows).as("%s of %s", name, dtype).hasSizeGreaterThan(100);
        double[] results = function.apply(inputs(rows, dtype, device)).toDoubleArray();
        for (int i = 0; i < results.length; i++) {
          UlpRow row = rows.get(i);
          if (!(row.distance(results[i]) <= row.ulp())) {
            wrong.add(String.format(Locale.ROOT, "%s(%s) of %s is %s, not %s",
                name, row.input(), dtype, results[i], row.output()));
          }
        }
      }
    });
    assertThat(wrong).isEmpty();
  }

  private static Tensor inputs(List<UlpRow> rows, DType dtype, Device device) {
    double[] numbers = rows.stream().mapToDouble(UlpRow::input).toArray();
    return Tensor.of(numbers, Shape.of(numbers.length), device).cast(dtype);
  }
}
