package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;
import org.teenygrad.book.part2.Autodiff.Expr;
import org.teenygrad.book.part2.Autodiff.Numbers;

class AutodiffTest {
  @TempDir private Path folder;

  @Test
  void allFourWaysAgree() throws IOException {
    Reading reading = Reading.of(new Autodiff(16), folder).holds();
    assertThat(reading.measured("dd/dx1, backwards")).isEqualTo(Math.exp(9) * Math.pow(Math.sin(10), 2), within(1e-9));
    assertThat(reading.measured("dd/dx2, backwards")).isEqualTo(Math.exp(9) * Math.sin(20), within(1e-9));
    assertThat(reading.pictures()).hasSize(1);
  }

  /// Exercise 1: a sum, a cosine and a constant, whose rules the first example does not use.
  @Test
  void exerciseAnotherFunction() {
    Expr x = new Expr.Input(0);
    Expr f = new Expr.Add(new Expr.Mul(new Expr.Constant(3), new Expr.Cos(x)), new Expr.Mul(x, x)); // 3 cos(x) + x^2
    double expected = -3 * Math.sin(2) + 4;
    Numbers v = Autodiff.values(f, 2);
    Expr rule = Autodiff.symbolic(f, 0);
    assertThat(Autodiff.values(rule, 2).at(rule)).isEqualTo(expected, within(1e-12));
    assertThat(Autodiff.forward(f, 0, v).at(f)).isEqualTo(expected, within(1e-12));
    assertThat(Autodiff.reverse(f, v).at(x)).isEqualTo(expected, within(1e-12));
  }

  /// Exercise 2: the derivative of the derivative, by rules twice.
  @Test
  void exerciseSecondDerivative() {
    Expr d = Autodiff.product(2);
    Expr second = Autodiff.symbolic(Autodiff.symbolic(d, 1), 1);
    assertThat(Autodiff.values(second, 9, 10).at(second)).isEqualTo(2 * Math.exp(9) * Math.cos(20), within(1e-9));
  }

  /// Exercise 3: which way is cheap is decided by the number of inputs and outputs. exp(x)^(2^8) has one of each.
  @Test
  void exerciseOneInputMakesBothPassesAlike() {
    Expr x = new Expr.Input(0);
    Expr f = new Expr.Exp(x);
    for (int i = 0; i < 8; i++) {
      f = new Expr.Mul(f, f);
    }
    Numbers v = Autodiff.values(f, 0.01);
    long forward = Autodiff.forward(f, 0, v).operations;
    assertThat(Autodiff.reverse(f, v).operations).isEqualTo(forward);
    assertThat(Autodiff.forward(f, 0, v).at(f)).isEqualTo(256 * Math.exp(2.56), within(1e-9));
  }

  @Test
  void refusesOneInput() {
    assertThatThrownBy(() -> new Autodiff(1)).hasMessageContaining("most_inputs");
  }
}
