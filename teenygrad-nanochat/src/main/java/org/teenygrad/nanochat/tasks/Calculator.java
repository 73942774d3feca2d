package org.teenygrad.nanochat.tasks;

import java.util.Optional;
import java.util.regex.Pattern;

/// The tool that models call: nanochat's `use_calculator`. It computes sums, products and quotients of numbers, and counts strings in
/// strings; results are those of Python. What a model writes is parsed, never run as a program.
///
/// ```java
/// Calculator.compute("12/60");                     // Optional[0.2]
/// Calculator.compute("'strawberry'.count('r')");   // Optional[3]
/// Calculator.compute("2**10");                     // Optional.empty
/// ```
public final class Calculator {
  private static final Pattern ARITHMETIC = Pattern.compile("[0-9*+\\-/.() ]*");
  private static final Pattern STRINGS = Pattern.compile("[a-zA-Z0-9'\"()._ ]*");

  /// Longer expressions than these are mistakes; the bound keeps the time and memory that one takes small.
  private static final int MOST_CHARACTERS = 10_000;

  private Calculator() {}

  /// The result as Python writes it; empty if the expression is not one that is allowed, or is wrong. Commas are left out: `1,000 + 1`.
  public static Optional<String> compute(String expression) {
    String plain = expression.replace(",", "");
    if (plain.length() > MOST_CHARACTERS) {
      return Optional.empty();
    }
    try {
      if (ARITHMETIC.matcher(plain).matches()) {
        return Optional.of(PythonExpression.arithmetic(plain).text());
      }
      if (STRINGS.matcher(plain).matches()) {
        return Optional.of(PythonExpression.count(plain).text());
      }
      return Optional.empty();
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty(); // a model's mistake: it goes on without a result
    }
  }
}
