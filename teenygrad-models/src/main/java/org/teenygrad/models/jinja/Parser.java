package org.teenygrad.models.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.jinja.Statement.Branch;
import org.teenygrad.models.jinja.Token.Kind;

/// Reads statements.
final class Parser {
  private final TokenReader tokens;
  private final ExpressionParser expressions;

  private Parser(String source) {
    this.tokens = new TokenReader(Lexer.tokens(source));
    this.expressions = new ExpressionParser(tokens);
  }

  /// @throws TemplateException if it is not a template, or has a tag that there is none of here
  static List<Statement> statements(String source) {
    Parser parser = new Parser(source);
    List<Statement> statements = parser.body(Set.of());
    if (parser.tokens.peek().kind() != Kind.END) {
      throw parser.tokens.unexpected("a tag that has a beginning");
    }
    return statements;
  }

  /// The statements up to a block that begins with one of these names, which is left.
  private List<Statement> body(Set<String> ends) {
    List<Statement> statements = new ArrayList<>();
    while (true) {
      Token token = tokens.peek();
      switch (token.kind()) {
        case TEXT -> statements.add(new Statement.Text(tokens.next().text()));
        case OUTPUT_BEGIN -> {
          tokens.next();
          statements.add(new Statement.Output(token.line(), expressions.tuple()));
          tokens.take(Kind.OUTPUT_END);
        }
        case BLOCK_BEGIN -> {
          if (ends.contains(tokens.peekSecond().text()) || tokens.peekSecond().text().startsWith("end")) {
            return statements;
          }
          tokens.next();
          statements.add(block());
        }
        default -> {
          return statements;
        }
      }
    }
  }

  private Statement block() {
    Token tag = tokens.take(Kind.NAME);
    int line = tag.line();
    return switch (tag.text()) {
      case "if" -> branches(line);
      case "for" -> loop(line);
      case "set" -> assignment(line);
      case "macro" -> macro(line);
      case "generation" -> {
        tokens.take(Kind.BLOCK_END);
        yield new Statement.Block(bodyUntil("endgeneration"));
      }
      case "break", "continue" -> {
        tokens.take(Kind.BLOCK_END);
        yield tag.text().equals("break") ? new Statement.Break() : new Statement.Continue();
      }
      default -> throw TemplateException.at(line, "there is no tag '" + tag.text() + "'; there are if, for, set, macro, break, continue and generation");
    };
  }

  private List<Statement> bodyUntil(String end) {
    List<Statement> body = body(Set.of(end));
    end(end);
    return body;
  }

  private void end(String end) {
    if (!tokens.takeBlock(end)) {
      throw tokens.unexpected(end);
    }
    tokens.take(Kind.BLOCK_END);
  }

  private Statement branches(int line) {
    List<Branch> branches = new ArrayList<>();
    do {
      Expression condition = expressions.expression();
      tokens.take(Kind.BLOCK_END);
      branches.add(new Branch(condition, body(Set.of("elif", "else"))));
    } while (tokens.takeBlock("elif"));
    List<Statement> otherwise = otherwise();
    end("endif");
    return new Statement.If(line, branches, otherwise);
  }

  private List<Statement> otherwise() {
    if (!tokens.takeBlock("else")) {
      return List.of();
    }
    tokens.take(Kind.BLOCK_END);
    return body(Set.of());
  }

  private Statement loop(int line) {
    List<String> names = names();
    tokens.takeName("in");
    Expression elements = expressions.withoutConditional();
    @Nullable Expression only = tokens.takeIf(Kind.NAME, "if") ? expressions.expression() : null;
    tokens.take(Kind.BLOCK_END);
    List<Statement> body = body(Set.of("else"));
    List<Statement> otherwise = otherwise();
    end("endfor");
    return new Statement.For(line, names, elements, only, body, otherwise);
  }

  private List<String> names() {
    boolean inBrackets = tokens.takeIf(Kind.OPERATOR, "(");
    List<String> names = new ArrayList<>();
    do {
      names.add(tokens.take(Kind.NAME).text());
    } while (tokens.takeIf(Kind.OPERATOR, ","));
    if (inBrackets) {
      tokens.takeOperator(")");
    }
    return names;
  }

  private Statement assignment(int line) {
    List<String> names = names();
    if (tokens.takeIf(Kind.OPERATOR, ".")) {
      String name = tokens.take(Kind.NAME).text();
      tokens.takeOperator("=");
      Expression value = expressions.tuple();
      tokens.take(Kind.BLOCK_END);
      return new Statement.AssignAttribute(line, names.getFirst(), name, value);
    }
    if (tokens.takeIf(Kind.OPERATOR, "=")) {
      Expression value = expressions.tuple();
      tokens.take(Kind.BLOCK_END);
      return new Statement.Assign(line, names, value);
    }
    tokens.take(Kind.BLOCK_END);
    return new Statement.Capture(line, names.getFirst(), bodyUntil("endset"));
  }

  private Statement macro(int line) {
    String name = tokens.take(Kind.NAME).text();
    tokens.takeOperator("(");
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    while (!tokens.takeIf(Kind.OPERATOR, ")")) {
      if (!parameters.isEmpty()) {
        tokens.takeOperator(",");
      }
      parameters.add(tokens.take(Kind.NAME).text());
      if (tokens.takeIf(Kind.OPERATOR, "=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw tokens.unexpected("a default for each parameter after the first that has one");
      }
    }
    tokens.take(Kind.BLOCK_END);
    return new Statement.Macro(line, name, parameters, defaults, bodyUntil("endmacro"));
  }
}
