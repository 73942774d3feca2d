package org.teenygrad.models.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What has a value.
sealed interface Expression {
  record Constant(Object value) implements Expression {}

  record Variable(String name) implements Expression {}

  /// A list or tuple.
  record Elements(List<Expression> elements) implements Expression {}

  /// A dictionary.
  record Members(List<Expression> keys, List<Expression> values) implements Expression {}

  /// `of.name`
  record Attribute(Expression of, String name) implements Expression {}

  /// `of[index]`
  record Subscript(Expression of, Expression index) implements Expression {}

  /// `of[begin:end:step]`
  record Slice(Expression of, @Nullable Expression begin, @Nullable Expression end, @Nullable Expression step) implements Expression {}

  record Arguments(List<Expression> positional, Map<String, Expression> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());
  }

  record Call(Expression function, Arguments arguments) implements Expression {}

  /// `input | name(arguments)`
  record Filter(Expression input, String name, Arguments arguments) implements Expression {}

  /// `input is name(arguments)`
  record Test(Expression input, String name, Arguments arguments) implements Expression {}

  record Not(Expression operand) implements Expression {}

  record Negative(Expression operand) implements Expression {}

  /// `+`, `-`, `*`, `/`, `//`, `%`, `**`, `~`
  record Arithmetic(String operator, Expression left, Expression right) implements Expression {}

  /// `a < b <= c`: all of them hold. Operators are those of Python, `in` and `not in` among them.
  record Comparison(Expression first, List<String> operators, List<Expression> others) implements Expression {}

  record And(Expression left, Expression right) implements Expression {}

  record Or(Expression left, Expression right) implements Expression {}

  /// `then if condition else otherwise`
  record Conditional(Expression condition, Expression then, @Nullable Expression otherwise) implements Expression {}
}
