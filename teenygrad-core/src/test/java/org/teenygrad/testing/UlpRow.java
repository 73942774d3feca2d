package org.teenygrad.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.teenygrad.DType;

/// What an elementary function should give: a row of NumPy's validation set.
///
/// @param function its PyTorch name
/// @param dtype float32 or float64
/// @param output the correctly rounded value
/// @param ulp how many floats of the type lie between it and the farthest that is allowed
public record UlpRow(String function, DType dtype, double input, double output, double ulp) {
  private static final String PREFIX = "umath-validation-set-";

  /// The rows that are kept here, at most 120 of each function and type.
  public static List<UlpRow> kept() {
    String name = "/org/teenygrad/elementary-functions.csv";
    try (var in = Objects.requireNonNull(UlpRow.class.getResourceAsStream(name), name);
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return lines.lines().filter(UlpRow::isRow).map(line -> line.split(",", -1)).map(UlpRow::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All float32 and float64 rows of a folder of NumPy's files, `umath-validation-set-FUNCTION.csv` each.
  public static List<UlpRow> folder(Path folder) {
    List<UlpRow> rows = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, PREFIX + "*.csv")) {
      files.forEach(file -> rows.addAll(file(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private static List<UlpRow> file(Path file) {
    String name = file.getFileName().toString();
    String function = name.substring(PREFIX.length(), name.length() - ".csv".length()).replace("arc", "a");
    try {
      return Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
          .filter(line -> line.startsWith("np.float32,") || line.startsWith("np.float64,"))
          .map(line -> (function + "," + line.substring("np.".length())).split(",", -1))
          .map(UlpRow::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRow(String line) {
    return line.contains(",0x");
  }

  private static UlpRow of(String[] parts) {
    DType dtype = DType.valueOf(parts[1].toUpperCase(Locale.ROOT));
    return new UlpRow(parts[0], dtype, number(dtype, parts[2]), number(dtype, parts[3]), Double.parseDouble(parts[4]));
  }

  private static double number(DType dtype, String hex) {
    String digits = hex.strip().substring("0x".length());
    return dtype == DType.FLOAT64
        ? Double.longBitsToDouble(Long.parseUnsignedLong(digits, 16))
        : Float.intBitsToFloat(Integer.parseUnsignedInt(digits, 16));
  }

  /// How many floats of the type lie between a result and the right one; NaN is right where it is expected.
  public double distance(double result) {
    return dtype == DType.FLOAT64 ? Ulps.between(result, output) : Ulps.between((float) result, (float) output);
  }
}
