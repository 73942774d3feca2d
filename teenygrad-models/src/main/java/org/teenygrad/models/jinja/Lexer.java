package org.teenygrad.models.jinja;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.models.jinja.Token.Kind;

/// Cuts a template into tokens. White space is treated as Hugging Face's transformers have it (`trim_blocks`, `lstrip_blocks`): of
/// a line with nothing but a block before its end nothing is left, and `-` in a tag takes all white space on its side.
final class Lexer {
  private static final List<String> OPERATORS = List.of(
      "//", "**", "==", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "%", "~", "|", "(", ")", "[", "]", "{", "}", ":", ",", ".");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  /// Whether the tag before has taken the end of its line.
  private boolean isLineStart = true;

  private Lexer(String source) {
    String lines = source.replace("\r\n", "\n").replace('\r', '\n');
    this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
  }

  /// @throws TemplateException if it has a tag or a string without end, or a character that means nothing
  static List<Token> tokens(String source) {
    return new Lexer(source).all();
  }

  private List<Token> all() {
    while (at < source.length()) {
      int tag = nextTag();
      text(tag);
      if (tag < source.length()) {
        tag();
      }
    }
    add(Kind.END, "");
    return tokens;
  }

  /// Where the next tag begins, or the end.
  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return source.length();
  }

  private void text(int end) {
    String text = source.substring(at, end);
    char sign = end + 2 < source.length() ? source.charAt(end + 2) : ' ';
    String shown = text;
    if (end < source.length() && sign == '-') {
      shown = Strings.stripEnd(text);
    } else if (end < source.length() && sign != '+' && source.charAt(end + 1) != '{') {
      int lineStart = text.lastIndexOf('\n') + 1;
      if ((lineStart > 0 || isLineStart) && text.substring(lineStart).isBlank()) {
        shown = text.substring(0, lineStart);
      }
    }
    if (!shown.isEmpty()) {
      add(Kind.TEXT, shown);
    }
    moveTo(end);
  }

  private void tag() {
    char type = source.charAt(at + 1);
    int begin = at + 2;
    if (type == '#') {
      int end = source.indexOf("#}", begin);
      if (end < 0) {
        throw TemplateException.at(line, "a comment has no end");
      }
      moveTo(end);
      end("#}", source.charAt(end - 1), true);
      return;
    }
    boolean isBlock = type == '%';
    add(isBlock ? Kind.BLOCK_BEGIN : Kind.OUTPUT_BEGIN, "");
    moveTo(begin < source.length() && "+-".indexOf(source.charAt(begin)) >= 0 ? begin + 1 : begin);
    inside(isBlock ? "%}" : "}}");
    add(isBlock ? Kind.BLOCK_END : Kind.OUTPUT_END, "");
    char sign = source.charAt(at);
    if (sign == '-' || sign == '+') {
      moveTo(at + 1);
    }
    end(isBlock ? "%}" : "}}", sign, isBlock);
  }

  /// Takes a tag's end and the white space that goes with it.
  private void end(String closing, char sign, boolean takesLineEnd) {
    int end = at + closing.length();
    if (sign == '-') {
      while (end < source.length() && Strings.isSpace(source.charAt(end))) {
        end++;
      }
    } else if (sign != '+' && takesLineEnd && source.startsWith("\n", end)) {
      end++;
    }
    isLineStart = source.charAt(end - 1) == '\n';
    moveTo(end);
  }

  /// The tokens up to a tag's end.
  private void inside(String closing) {
    int start = line;
    int open = 0; // brackets
    while (at < source.length()) {
      char c = source.charAt(at);
      if (open == 0 && (source.startsWith(closing, at) || "+-".indexOf(c) >= 0 && source.startsWith(closing, at + 1))) {
        return;
      }
      if (Character.isWhitespace(c)) {
        moveTo(at + 1);
      } else if (c == '\'' || c == '"') {
        string(c);
      } else if (c >= '0' && c <= '9') {
        number();
      } else if (Character.isLetter(c) || c == '_') {
        int end = at;
        while (end < source.length() && (Character.isLetterOrDigit(source.charAt(end)) || source.charAt(end) == '_')) {
          end++;
        }
        add(Kind.NAME, source.substring(at, end));
        moveTo(end);
      } else {
        String operator = OPERATORS.stream().filter(each -> source.startsWith(each, at)).findFirst()
            .orElseThrow(() -> TemplateException.at(line, "'" + c + "' means nothing here"));
        open += "([{".contains(operator) ? 1 : ")]}".contains(operator) ? -1 : 0;
        add(Kind.OPERATOR, operator);
        moveTo(at + operator.length());
      }
    }
    throw TemplateException.at(start, "a tag has no end");
  }

  private void number() {
    int end = digits(at);
    boolean isFloat = end + 1 < source.length() && source.charAt(end) == '.' && Character.isDigit(source.charAt(end + 1));
    if (isFloat) {
      end = digits(end + 1);
    }
    if (end < source.length() && (source.charAt(end) == 'e' || source.charAt(end) == 'E')) {
      int signed = end + 1 < source.length() && "+-".indexOf(source.charAt(end + 1)) >= 0 ? end + 2 : end + 1;
      if (digits(signed) > signed) {
        end = digits(signed);
        isFloat = true;
      }
    }
    add(isFloat ? Kind.FLOAT : Kind.INTEGER, source.substring(at, end));
    moveTo(end);
  }

  private int digits(int from) {
    int end = from;
    while (end < source.length() && source.charAt(end) >= '0' && source.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  private void string(char quote) {
    StringBuilder text = new StringBuilder();
    int i = at + 1;
    while (i < source.length() && source.charAt(i) != quote) {
      if (source.charAt(i) == '\\' && i + 1 < source.length()) {
        i = Strings.unescape(source, i, text);
      } else {
        text.append(source.charAt(i++));
      }
    }
    if (i >= source.length()) {
      throw TemplateException.at(line, "a string has no end");
    }
    add(Kind.STRING, text.toString());
    moveTo(i + 1);
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line));
  }

  private void moveTo(int end) {
    for (; at < end; at++) {
      if (source.charAt(at) == '\n') {
        line++;
      }
    }
  }
}
