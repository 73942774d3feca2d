package org.teenygrad.nanochat.tasks;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses and computes the expressions that the calculator allows, by recursive descent:
///
/// ```
/// sum     = product (("+" | "-") product)*
/// product = signed (("*" | "/" | "//") signed)*
/// signed  = ("+" | "-") signed | number | "(" sum ")"
/// count   = text ".count(" text ")"
/// text    = string+ | "(" text ")"
/// ```
/// Every method throws an [IllegalArgumentException] where Python has a syntax error, and an [ArithmeticException] where it raises
/// another.
final class PythonExpression {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+\\.?[0-9]*|\\.[0-9]+");
  private static final Pattern ZEROS_BEFORE = Pattern.compile("0+[1-9][0-9]*");

  /// Deeper nesting would be a stack overflow some day; Python's parser has such a limit, too.
  private static final int DEEPEST = 100;

  private final String text;
  private int at;
  private int depth;

  private PythonExpression(String text) {
    this.text = text;
  }

  static PythonNumber arithmetic(String text) {
    PythonExpression expression = new PythonExpression(text);
    PythonNumber value = expression.sum();
    expression.end();
    return value;
  }

  /// `'strawberry'.count('r')`
  static PythonNumber count(String text) {
    PythonExpression expression = new PythonExpression(text);
    String counted = expression.string();
    expression.require(".");
    expression.require("count");
    expression.require("(");
    String wanted = expression.string();
    expression.require(")");
    expression.end();
    return new PythonNumber.Int(BigInteger.valueOf(count(counted, wanted)));
  }

  /// Occurrences that do not overlap; the empty string is before each character and at the end.
  private static int count(String counted, String wanted) {
    if (wanted.isEmpty()) {
      return counted.length() + 1;
    }
    int count = 0;
    for (int i = counted.indexOf(wanted); i >= 0; i = counted.indexOf(wanted, i + wanted.length())) {
      count++;
    }
    return count;
  }

  private PythonNumber sum() {
    PythonNumber value = product();
    while (true) {
      if (accept("+")) {
        value = value.plus(product());
      } else if (accept("-")) {
        value = value.minus(product());
      } else {
        return value;
      }
    }
  }

  private PythonNumber product() {
    PythonNumber value = signed();
    while (true) {
      if (accept("//")) {
        value = value.floorDividedBy(signed());
      } else if (accept("/")) {
        value = value.dividedBy(signed());
      } else if (accept("*")) {
        value = value.times(signed());
      } else {
        return value;
      }
    }
  }

  private PythonNumber signed() {
    if (++depth > DEEPEST) {
      throw new IllegalArgumentException("nested too deeply");
    }
    PythonNumber value;
    if (accept("-")) {
      value = signed().negated();
    } else if (accept("+")) {
      value = signed();
    } else if (accept("(")) {
      value = sum();
      require(")");
    } else {
      value = number();
    }
    depth--;
    return value;
  }

  private PythonNumber number() {
    skipBlanks();
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (!number.lookingAt()) {
      throw new IllegalArgumentException("a number was expected");
    }
    at = number.end();
    String digits = number.group();
    if (digits.contains(".")) {
      return new PythonNumber.Real(Double.parseDouble(digits));
    }
    if (ZEROS_BEFORE.matcher(digits).matches() || digits.length() > PythonNumber.MOST_DIGITS) {
      throw new IllegalArgumentException("Python has no such integer");
    }
    return new PythonNumber.Int(new BigInteger(digits));
  }

  /// Strings side by side are one.
  private String string() {
    if (accept("(")) {
      String inner = string();
      require(")");
      return inner;
    }
    StringBuilder joined = new StringBuilder();
    do {
      skipBlanks();
      char quote = at < text.length() ? text.charAt(at) : ' ';
      int close = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (close < 0) {
        throw new IllegalArgumentException("a string was expected");
      }
      joined.append(text, at + 1, close);
      at = close + 1;
      skipBlanks();
    } while (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"'));
    return joined.toString();
  }

  private void skipBlanks() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private boolean accept(String symbol) {
    skipBlanks();
    if (text.startsWith(symbol, at)) {
      at += symbol.length();
      return true;
    }
    return false;
  }

  private void require(String symbol) {
    if (!accept(symbol)) {
      throw new IllegalArgumentException(symbol + " was expected");
    }
  }

  private void end() {
    skipBlanks();
    if (at < text.length()) {
      throw new IllegalArgumentException("there is more");
    }
  }
}
