package org.teenygrad.models.jinja;

import java.util.List;
import org.teenygrad.models.jinja.Token.Kind;

/// Tokens in their order; the last one is there for ever.
final class TokenReader {
  private final List<Token> tokens;
  private int at;

  TokenReader(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peekSecond() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  Token take(Kind kind) {
    if (peek().kind() != kind) {
      throw unexpected(switch (kind) {
        case NAME -> "a name";
        case BLOCK_END, OUTPUT_END -> "the tag's end";
        default -> kind.toString();
      });
    }
    return next();
  }

  boolean takeIf(Kind kind, String text) {
    boolean isIt = peek().is(kind, text);
    if (isIt) {
      next();
    }
    return isIt;
  }

  void takeOperator(String text) {
    if (!takeIf(Kind.OPERATOR, text)) {
      throw unexpected("'" + text + "'");
    }
  }

  void takeName(String text) {
    if (!takeIf(Kind.NAME, text)) {
      throw unexpected("'" + text + "'");
    }
  }

  /// Takes a block's beginning and its name.
  boolean takeBlock(String name) {
    boolean isIt = peek().kind() == Kind.BLOCK_BEGIN && peekSecond().is(Kind.NAME, name);
    if (isIt) {
      next();
      next();
    }
    return isIt;
  }

  TemplateException unexpected(String wanted) {
    Token token = peek().kind() == Kind.BLOCK_BEGIN ? peekSecond() : peek();
    String found = switch (token.kind()) {
      case END -> "the end";
      case TEXT, BLOCK_END, OUTPUT_END, BLOCK_BEGIN, OUTPUT_BEGIN -> "the end of the tag";
      default -> "'" + token.text() + "'";
    };
    return TemplateException.at(token.line(), "there is " + found + " instead of " + wanted);
  }
}
