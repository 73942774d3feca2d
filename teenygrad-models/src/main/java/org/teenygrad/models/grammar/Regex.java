package org.teenygrad.models.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Reads regular expressions as ECMAScript has them, which are those of JSON schemas: characters, classes, groups, alternatives and
/// quantifiers. What is not regular, or looks around, is refused.
public final class Regex {
  private static final int MOST_REPETITIONS = 10_000;

  private final String pattern;
  private final Function<CodePoints, Grammar> written;
  private int at;

  private Regex(String pattern, Function<CodePoints, Grammar> written) {
    this.pattern = pattern;
    this.written = written;
  }

  /// Texts that an expression matches as a whole.
  /// @throws IllegalArgumentException if it is none, or is not supported
  public static Grammar of(String pattern) {
    Grammar grammar = read(pattern, Utf8::of, Grammar.EMPTY);
    if (grammar == Grammar.NOTHING) {
      throw new IllegalArgumentException("no text matches the regular expression '" + pattern + "'");
    }
    return grammar;
  }

  /// @param written how one of several characters is written
  /// @param around what may be before and behind a match, where the expression does not say `^` or `$`
  static Grammar read(String pattern, Function<CodePoints, Grammar> written, Grammar around) {
    Regex regex = new Regex(pattern, written);
    List<Grammar> alternatives = new ArrayList<>();
    do {
      Grammar before = regex.take('^') ? Grammar.EMPTY : around;
      Grammar found = regex.sequence();
      alternatives.add(Grammar.sequence(before, found, regex.take('$') ? Grammar.EMPTY : around));
    } while (regex.take('|'));
    if (!regex.isAtEnd()) {
      throw regex.wrong(regex.peek() == '$' ? "$ may only stand at the end" : "'" + regex.peek() + "' is unexpected");
    }
    return Grammar.either(alternatives);
  }

  private Grammar sequence() {
    List<Grammar> parts = new ArrayList<>();
    while (!isAtEnd() && "|)$".indexOf(peek()) < 0) {
      parts.add(quantified(atom()));
    }
    return Grammar.sequence(parts.toArray(Grammar[]::new));
  }

  private Grammar quantified(Grammar atom) {
    int least;
    int most;
    if (take('*')) {
      least = 0;
      most = Grammar.ENDLESS;
    } else if (take('+')) {
      least = 1;
      most = Grammar.ENDLESS;
    } else if (take('?')) {
      least = 0;
      most = 1;
    } else if (take('{')) {
      least = number();
      most = !take(',') ? least : peek() == '}' ? Grammar.ENDLESS : number();
      require('}');
      if (most < least) {
        throw wrong("a repetition's bounds are in the wrong order");
      }
    } else {
      return atom;
    }
    boolean _ = take('?'); // as few as possible: the same texts
    return Grammar.repeat(atom, least, most);
  }

  private int number() {
    int start = at;
    while (!isAtEnd() && Character.digit(peek(), 10) >= 0 && at - start < 6) {
      at++;
    }
    if (start == at || Integer.parseInt(pattern.substring(start, at)) > MOST_REPETITIONS) {
      throw wrong("a repetition needs a number of 0 to " + MOST_REPETITIONS);
    }
    return Integer.parseInt(pattern.substring(start, at));
  }

  private Grammar atom() {
    int c = next();
    return switch (c) {
      case '(' -> group();
      case '[' -> written.apply(characterClass());
      case '.' -> written.apply(CodePoints.LINE_ENDS.not());
      case '\\' -> written.apply(escape(false));
      case '*', '+', '?', '{' -> throw wrong("there is nothing to repeat");
      case '^' -> throw wrong("^ may only stand at the beginning");
      default -> written.apply(CodePoints.of(c));
    };
  }

  private Grammar group() {
    if (take('?') && !take(':')) {
      int name = pattern.indexOf('>', at);
      if (isAtEnd() || peek() != '<' || name < 0 || at + 1 < pattern.length() && "=!".indexOf(pattern.charAt(at + 1)) >= 0) {
        throw wrong("looking around is not supported");
      }
      at = name + 1;
    }
    List<Grammar> alternatives = new ArrayList<>();
    do {
      alternatives.add(sequence());
    } while (take('|'));
    require(')');
    return Grammar.either(alternatives);
  }

  private CodePoints characterClass() {
    boolean isNegated = take('^');
    CodePoints all = CodePoints.NONE;
    while (!take(']')) {
      CodePoints first = classAtom();
      if (at + 1 < pattern.length() && peek() == '-' && pattern.charAt(at + 1) != ']') {
        at++;
        CodePoints last = classAtom();
        if (single(first) > single(last)) {
          throw wrong("a range of characters is in the wrong order");
        }
        first = CodePoints.of(single(first), single(last));
      }
      all = all.or(first);
    }
    return isNegated ? all.not() : all.and(CodePoints.ALL);
  }

  private CodePoints classAtom() {
    int c = next();
    return c == '\\' ? escape(true) : CodePoints.of(c);
  }

  private int single(CodePoints characters) {
    if (characters.ranges().size() != 1 || characters.ranges().getFirst().first() != characters.ranges().getFirst().last()) {
      throw wrong("a range must be from a character to a character");
    }
    return characters.ranges().getFirst().first();
  }

  private CodePoints escape(boolean isInClass) {
    int c = next();
    return switch (c) {
      case 'd' -> CodePoints.DIGITS;
      case 'D' -> CodePoints.DIGITS.not();
      case 'w' -> CodePoints.WORD;
      case 'W' -> CodePoints.WORD.not();
      case 's' -> CodePoints.SPACE;
      case 'S' -> CodePoints.SPACE.not();
      case 'n' -> CodePoints.of('\n');
      case 'r' -> CodePoints.of('\r');
      case 't' -> CodePoints.of('\t');
      case 'f' -> CodePoints.of('\f');
      case 'v' -> CodePoints.of(11);
      case '0' -> CodePoints.of(0);
      case 'x' -> CodePoints.of(hexadecimal(2));
      case 'u' -> CodePoints.of(take('{') ? braced() : hexadecimal(4));
      default -> {
        if (isInClass && c == 'b') {
          yield CodePoints.of('\b');
        }
        if (Character.isLetterOrDigit(c)) {
          throw wrong("\\" + Character.toString(c) + " is not supported");
        }
        yield CodePoints.of(c);
      }
    };
  }

  private int braced() {
    int end = pattern.indexOf('}', at);
    int code = hexadecimal(Math.clamp(end - at, 1, 6));
    require('}');
    return code;
  }

  private int hexadecimal(int digits) {
    try {
      int code = Integer.parseInt(pattern, at, at + digits, 16);
      at += digits;
      if (Character.isValidCodePoint(code) && CodePoints.of(code).and(CodePoints.ALL).isEmpty()) {
        throw wrong("a surrogate is no character");
      }
      return code;
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw wrong("a character's number must have " + digits + " hexadecimal digits");
    }
  }

  private boolean isAtEnd() {
    return at == pattern.length();
  }

  private char peek() {
    return isAtEnd() ? 0 : pattern.charAt(at);
  }

  private int next() {
    if (isAtEnd()) {
      throw wrong("it ends too early");
    }
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private boolean take(char wanted) {
    boolean found = !isAtEnd() && peek() == wanted;
    at += found ? 1 : 0;
    return found;
  }

  private void require(char wanted) {
    if (!take(wanted)) {
      throw wrong("'" + wanted + "' is missing");
    }
  }

  private IllegalArgumentException wrong(String problem) {
    return new IllegalArgumentException("the regular expression '" + pattern + "' cannot be used: " + problem + " (at character " + at + ")");
  }
}
