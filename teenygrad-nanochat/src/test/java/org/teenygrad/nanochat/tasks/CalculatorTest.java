package org.teenygrad.nanochat.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalculatorTest {
  private static final String NINES = "9".repeat(400);

  /// The results are CPython's.
  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
    "1+2*3; 7", "10-4-3; 3", "100/10/5; 2.0", "2*(3+4)*5; 70", "2-(-3); 5", "--3; 3", "+-4; -4", "3*-2; -6", "-0; 0", "-0.0; -0.0",
    "7/2; 3.5", "8/2; 4.0", "5/-2; -2.5", "-3//2; -2", "7//-2; -4", "6//-2; -3", "7.5//2; 3.0", "-7.5//2; -4.0", "1//0.5; 2.0", "1.0//0.1; 9.0",
    "0.7//0.1; 6.0", "0.0*-1; -0.0", "7 // 2; 3", "1/3; 0.3333333333333333", "2/3*100; 66.66666666666666", "0.1+0.2; 0.30000000000000004",
    "12/60; 0.2", "0.2*50; 10.0", "5.; 5.0", "-.5; -0.5", "012.5; 12.5", "00; 0", "1.-2; -1.0", "1,234*2; 2468", "3+4 ; 7",
    "100000000*100000000*100000000; 1000000000000000000000000", "10000000000000000.0; 1e+16", "123456789012345678.0; 1.2345678901234568e+17",
    "0.0001; 0.0001", "0.00001; 1e-05", "-1234.5/1000000000; -1.2345e-06", "9007199254740993/2; 4503599627370496.0", "9007199254740995/2; 4503599627370498.0",
    "(10000000000000000000000000000001)/3; 3.3333333333333336e+30", "'strawberry'.count('r'); 3", "\"banana\".count(\"ana\"); 1", "('ab' 'ab').count('b'); 2",
    "'abc' .count (''); 4", "'Abc'.count('a'); 0",
  })
  void resultsArePythons(String expression, String result) {
    assertThat(Calculator.compute(expression)).contains(result);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", " ", "1/0", "1.0/0", "0//0", "2**10", "2* *3", "012", "1 2", "1.2.3", "(1", "1)", "()", "(1)(2)", "1 .5", "1/ /2", "1e5", "x", "'a'", "'a'.upper()",
    "__import__('os').count('a')", "'abc'.count('a') + 1", "'abc'.count", "'abc.count('a')", "print('a'.count('a'))", "1+2;3", "1+2\n", "²",
  })
  void whatIsNotAllowedHasNoResult(String expression) {
    assertThat(Calculator.compute(expression)).isEmpty();
  }

  @Test
  void largeNumbersArePythons() {
    assertThat(Calculator.compute(NINES + ".0")).contains("inf");
    assertThat(Calculator.compute(NINES + ".0-" + NINES + ".0")).contains("nan");
    assertThat(Calculator.compute("1/" + NINES)).contains("0.0");
    assertThat(Calculator.compute(NINES + "/" + NINES)).contains("1.0");
    assertThat(Calculator.compute(NINES + "/2")).isEmpty();
    assertThat(Calculator.compute(NINES + "+1.5")).isEmpty();
  }

  @Test
  void whatWouldTakeTooLongHasNoResult() {
    assertThat(Calculator.compute("9".repeat(5000))).isEmpty();
    assertThat(Calculator.compute("9".repeat(4000) + "*" + "9".repeat(4000))).isEmpty();
    assertThat(Calculator.compute("(".repeat(5000) + "1" + ")".repeat(5000))).isEmpty();
    assertThat(Calculator.compute("1+".repeat(6000) + "1")).isEmpty();
    assertThat(Calculator.compute("1+".repeat(4000) + "1")).contains("4001");
  }
}
