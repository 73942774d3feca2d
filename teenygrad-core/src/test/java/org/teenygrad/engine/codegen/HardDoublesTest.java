package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.testing.Ulps;

class HardDoublesTest {
  @ParameterizedTest
  @CsvSource({"SIN", "COS", "ERF", "POW"})
  void float64IsWithinOneUlpOfTheCorrectlyRoundedValue(OpCode op) throws IOException {
    List<double[]> rows = rows(op.name().toLowerCase(Locale.ROOT));
    double[] x = rows.stream().mapToDouble(row -> row[0]).toArray();
    double[] y = rows.stream().mapToDouble(row -> row[1]).toArray();
    OpNode first = Lanes.argument(0, DType.FLOAT64);
    OpNode node = op == OpCode.POW ? OpNode.of(op, first, Lanes.argument(1, DType.FLOAT64)) : OpNode.of(op, first);
    double[] results = new Lanes(Decompositions.rewrite(node)).doubles(x, y);
    for (int i = 0; i < x.length; i++) {
      assertThat(Ulps.between(results[i], rows.get(i)[2])).as("%s(%s, %s)", op, x[i], y[i]).isLessThanOrEqualTo(1);
    }
  }

  private static List<double[]> rows(String function) throws IOException {
    String name = "hard-doubles.csv";
    try (var in = Objects.requireNonNull(HardDoublesTest.class.getResourceAsStream(name), name);
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return lines.lines()
          .filter(line -> line.startsWith(function + ","))
          .map(line -> line.split(",", -1))
          .map(parts -> new double[] {number(parts[1]), number(parts[2]), number(parts[3])})
          .toList();
    }
  }

  private static double number(String bits) {
    return Double.longBitsToDouble(Long.parseUnsignedLong(bits.substring(2), 16));
  }
}
