package org.teenygrad.models.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a template does, one after the other.
sealed interface Statement {
  record Text(String text) implements Statement {}

  /// `{{ expression }}`
  record Output(int line, Expression expression) implements Statement {}

  /// @param otherwise what is done where no branch is taken
  record If(int line, List<Branch> branches, List<Statement> otherwise) implements Statement {}

  record Branch(Expression condition, List<Statement> body) {}

  /// @param names one for the element, or several for its parts
  /// @param only elements for which this holds; null for all
  /// @param otherwise what is done where there is no element
  record For(int line, List<String> names, Expression elements, @Nullable Expression only, List<Statement> body, List<Statement> otherwise)
      implements Statement {}

  /// `{% set name = value %}`, or several names for the parts of the value.
  record Assign(int line, List<String> names, Expression value) implements Statement {}

  /// `{% set namespace.name = value %}`
  record AssignAttribute(int line, String namespace, String name, Expression value) implements Statement {}

  /// `{% set name %}body{% endset %}`
  record Capture(int line, String name, List<Statement> body) implements Statement {}

  /// @param defaults of the last parameters
  record Macro(int line, String name, List<String> parameters, List<Expression> defaults, List<Statement> body) implements Statement {}

  /// The body alone: what `{% generation %}` marks for training.
  record Block(List<Statement> body) implements Statement {}

  record Break() implements Statement {}

  record Continue() implements Statement {}
}
