package org.teenygrad.models.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.jinja.Expression.Arguments;
import org.teenygrad.models.jinja.Token.Kind;

/// Reads expressions; a method for each level of precedence, the loosest first.
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
  private final TokenReader tokens;

  ExpressionParser(TokenReader tokens) {
    this.tokens = tokens;
  }

  /// An expression, or several with commas between: a tuple.
  Expression tuple() {
    Expression first = expression();
    if (!isOperator(",")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (tokens.takeIf(Kind.OPERATOR, ",") && !isOperator(")") && tokens.peek().kind() != Kind.BLOCK_END && tokens.peek().kind() != Kind.OUTPUT_END) {
      elements.add(expression());
    }
    return new Expression.Elements(elements);
  }

  Expression expression() {
    Expression value = withoutConditional();
    while (tokens.takeIf(Kind.NAME, "if")) {
      Expression condition = withoutConditional();
      @Nullable Expression otherwise = tokens.takeIf(Kind.NAME, "else") ? expression() : null;
      value = new Expression.Conditional(condition, value, otherwise);
    }
    return value;
  }

  Expression withoutConditional() {
    Expression left = and();
    while (tokens.takeIf(Kind.NAME, "or")) {
      left = new Expression.Or(left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.takeIf(Kind.NAME, "and")) {
      left = new Expression.And(left, not());
    }
    return left;
  }

  private Expression not() {
    return tokens.takeIf(Kind.NAME, "not") ? new Expression.Not(not()) : comparison();
  }

  private Expression comparison() {
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    while (true) {
      if (tokens.peek().kind() == Kind.OPERATOR && COMPARISONS.contains(tokens.peek().text())) {
        operators.add(tokens.next().text());
      } else if (tokens.takeIf(Kind.NAME, "in")) {
        operators.add("in");
      } else if (tokens.peek().is(Kind.NAME, "not") && tokens.peekSecond().is(Kind.NAME, "in")) {
        tokens.next();
        tokens.next();
        operators.add("not in");
      } else {
        return operators.isEmpty() ? first : new Expression.Comparison(first, operators, others);
      }
      others.add(sum());
    }
  }

  private Expression sum() {
    return leftToRight(Set.of("+", "-"), this::concatenation);
  }

  private Expression concatenation() {
    return leftToRight(Set.of("~"), this::product);
  }

  private Expression product() {
    return leftToRight(Set.of("*", "/", "//", "%"), this::power);
  }

  private Expression power() {
    return leftToRight(Set.of("**"), () -> unary(true));
  }

  private Expression leftToRight(Set<String> operators, Supplier<Expression> operand) {
    Expression left = operand.get();
    while (tokens.peek().kind() == Kind.OPERATOR && operators.contains(tokens.peek().text())) {
      left = new Expression.Arithmetic(tokens.next().text(), left, operand.get());
    }
    return left;
  }

  private Expression unary(boolean withFilters) {
    Expression value;
    if (tokens.takeIf(Kind.OPERATOR, "-")) {
      value = new Expression.Negative(unary(false));
    } else if (tokens.takeIf(Kind.OPERATOR, "+")) {
      value = unary(false);
    } else {
      value = withParts(primary());
    }
    return withFilters ? withFilters(value) : value;
  }

  private Expression primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME -> switch (token.text()) {
        case "true", "True" -> new Expression.Constant(true);
        case "false", "False" -> new Expression.Constant(false);
        case "none", "None" -> new Expression.Constant(Values.NONE);
        default -> new Expression.Variable(token.text());
      };
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.peek().kind() == Kind.STRING) {
          text.append(tokens.next().text());
        }
        yield new Expression.Constant(text.toString());
      }
      case INTEGER -> {
        try {
          yield new Expression.Constant(Long.parseLong(token.text()));
        } catch (NumberFormatException e) {
          throw TemplateException.at(token.line(), token.text() + " is too large");
        }
      }
      case FLOAT -> new Expression.Constant(Double.parseDouble(token.text()));
      case OPERATOR -> switch (token.text()) {
        case "(" -> inBrackets();
        case "[" -> new Expression.Elements(elements("]"));
        case "{" -> members();
        default -> throw TemplateException.at(token.line(), "there is '" + token.text() + "' instead of a value");
      };
      default -> throw TemplateException.at(token.line(), "there is no value where one must be");
    };
  }

  private Expression inBrackets() {
    if (tokens.takeIf(Kind.OPERATOR, ")")) {
      return new Expression.Elements(List.of());
    }
    Expression value = tuple();
    tokens.takeOperator(")");
    return value;
  }

  private List<Expression> elements(String end) {
    List<Expression> elements = new ArrayList<>();
    while (!tokens.takeIf(Kind.OPERATOR, end)) {
      elements.add(expression());
      if (!isOperator(end)) {
        tokens.takeOperator(",");
      }
    }
    return elements;
  }

  private Expression members() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.takeIf(Kind.OPERATOR, "}")) {
      keys.add(expression());
      tokens.takeOperator(":");
      values.add(expression());
      if (!isOperator("}")) {
        tokens.takeOperator(",");
      }
    }
    return new Expression.Members(keys, values);
  }

  /// Attributes, subscripts and calls behind a value.
  private Expression withParts(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.takeIf(Kind.OPERATOR, ".")) {
        value = new Expression.Attribute(value, tokens.take(Kind.NAME).text());
      } else if (tokens.takeIf(Kind.OPERATOR, "[")) {
        value = subscript(value);
      } else if (isOperator("(")) {
        value = new Expression.Call(value, arguments());
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression of) {
    @Nullable Expression begin = isOperator(":") ? null : expression();
    if (begin != null && tokens.takeIf(Kind.OPERATOR, "]")) {
      return new Expression.Subscript(of, begin);
    }
    tokens.takeOperator(":");
    @Nullable Expression end = isOperator(":") || isOperator("]") ? null : expression();
    @Nullable Expression step = tokens.takeIf(Kind.OPERATOR, ":") && !isOperator("]") ? expression() : null;
    tokens.takeOperator("]");
    return new Expression.Slice(of, begin, end, step);
  }

  private Expression withFilters(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.takeIf(Kind.OPERATOR, "|")) {
        String name = tokens.take(Kind.NAME).text();
        value = new Expression.Filter(value, name, isOperator("(") ? arguments() : Arguments.NONE);
      } else if (tokens.takeIf(Kind.NAME, "is")) {
        boolean isNot = tokens.takeIf(Kind.NAME, "not");
        Expression test = new Expression.Test(value, tokens.take(Kind.NAME).text(), testArguments());
        value = isNot ? new Expression.Not(test) : test;
      } else {
        return value;
      }
    }
  }

  /// Those of a test may come without brackets: `x is divisibleby 3`.
  private Arguments testArguments() {
    Token token = tokens.peek();
    if (isOperator("(")) {
      return arguments();
    }
    boolean isValue = switch (token.kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME -> !Set.of("else", "and", "or", "is", "if", "in", "not").contains(token.text());
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
    return isValue ? new Arguments(List.of(withParts(primary())), Map.of()) : Arguments.NONE;
  }

  private Arguments arguments() {
    tokens.takeOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!tokens.takeIf(Kind.OPERATOR, ")")) {
      if (tokens.peek().kind() == Kind.NAME && tokens.peekSecond().is(Kind.OPERATOR, "=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, expression());
      } else {
        positional.add(expression());
      }
      if (!isOperator(")")) {
        tokens.takeOperator(",");
      }
    }
    return new Arguments(positional, named);
  }

  private boolean isOperator(String text) {
    return tokens.peek().is(Kind.OPERATOR, text);
  }
}
