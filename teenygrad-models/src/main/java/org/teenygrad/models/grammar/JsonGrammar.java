package org.teenygrad.models.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.grammar.Grammar.Rule;

/// JSON's values (RFC 8259), on one line: a blank may stand after `:` and `,`. Numbers have as many digits as a `long` or a
/// `double` can tell apart, so that a model cannot lose itself in them.
final class JsonGrammar {
  private static final int INTEGER_DIGITS = 18;
  private static final int FRACTION_DIGITS = 17;
  private static final int EXPONENT_DIGITS = 2;

  /// Characters that cannot stand in strings as they are, and what is written for them.
  private static final Map<Integer, String> SHORT_ESCAPES = Map.of(
      (int) '"', "\\\"", (int) '\\', "\\\\", (int) '\b', "\\b", (int) '\f', "\\f", (int) '\n', "\\n", (int) '\r', "\\r", (int) '\t', "\\t");

  private static final CodePoints ESCAPED = CodePoints.of(0, 0x1F).or(CodePoints.of('"')).or(CodePoints.of('\\'));

  private static final Grammar DIGIT = Grammar.bytes('0', '9');
  private static final Grammar NATURAL =
      Grammar.either(Grammar.text("0"), Grammar.sequence(Grammar.bytes('1', '9'), Grammar.repeat(DIGIT, 0, INTEGER_DIGITS - 1)));
  private static final Grammar QUOTE = Grammar.text("\"");
  private static final Grammar BLANK = Grammar.optional(Grammar.text(" "));

  static final Grammar COMMA = Grammar.sequence(Grammar.text(","), BLANK);
  static final Grammar COLON = Grammar.sequence(Grammar.text(":"), BLANK);
  static final Grammar NULL = Grammar.text("null");
  static final Grammar TRUTH = Grammar.either(Grammar.text("true"), Grammar.text("false"));
  static final Grammar INTEGER = Grammar.sequence(Grammar.optional(Grammar.text("-")), NATURAL);
  static final Grammar NUMBER = Grammar.sequence(
      INTEGER,
      Grammar.optional(Grammar.sequence(Grammar.text("."), Grammar.repeat(DIGIT, 1, FRACTION_DIGITS))),
      Grammar.optional(Grammar.sequence(
          Grammar.either(Grammar.text("e"), Grammar.text("E")), Grammar.optional(Grammar.either(Grammar.text("+"), Grammar.text("-"))),
          Grammar.repeat(DIGIT, 1, EXPONENT_DIGITS))));

  /// A character of a string, written as it is or by any of JSON's escapes.
  static final Grammar CHARACTER = character();

  static final Grammar STRING = string(Grammar.repeat(CHARACTER, 0, Grammar.ENDLESS));

  /// Any value, and the objects among them.
  static final Rule VALUE = new Rule("value");
  static final Grammar OBJECT = map(VALUE);
  static final Grammar ARRAY = array(VALUE, 0, Grammar.ENDLESS);

  static {
    VALUE.define(Grammar.either(OBJECT, ARRAY, STRING, NUMBER, TRUTH, NULL));
  }

  private JsonGrammar() {}

  private static Grammar character() {
    Grammar hex = Regex.read("[0-9a-fA-F]", Utf8::of, Grammar.EMPTY);
    Grammar three = Grammar.repeat(hex, 3, 3);
    Grammar alone = Regex.read("[0-9a-ce-fA-CE-F]", Utf8::of, Grammar.EMPTY); // no surrogate begins so
    Grammar d = Regex.read("[dD]", Utf8::of, Grammar.EMPTY);
    Grammar two = Grammar.repeat(hex, 2, 2);
    Grammar unit = Grammar.either(Grammar.sequence(alone, three), Grammar.sequence(d, Grammar.bytes('0', '7'), two));
    Grammar high = Grammar.sequence(d, Regex.read("[89abAB]", Utf8::of, Grammar.EMPTY), two);
    Grammar low = Grammar.sequence(d, Regex.read("[c-fC-F]", Utf8::of, Grammar.EMPTY), two);
    Grammar numbered = Grammar.sequence(Grammar.text("u"), Grammar.either(unit, Grammar.sequence(high, Grammar.text("\\u"), low)));
    Grammar escape = Grammar.either(Regex.read("[\"\\\\/bfnrt]", Utf8::of, Grammar.EMPTY), numbered);
    return Grammar.either(Utf8.of(ESCAPED.not()), Grammar.sequence(Grammar.text("\\"), escape));
  }

  static Grammar string(Grammar content) {
    return Grammar.sequence(QUOTE, content, QUOTE);
  }

  /// A string that a regular expression finds something in.
  static Grammar matching(String pattern) {
    return string(Regex.read(pattern, JsonGrammar::written, Grammar.repeat(written(CodePoints.ALL), 0, Grammar.ENDLESS)));
  }

  /// One of these characters in a string, each in one way.
  private static Grammar written(CodePoints characters) {
    List<Grammar> all = new ArrayList<>();
    all.add(Utf8.of(characters.minus(ESCAPED)));
    characters.and(ESCAPED).ranges().forEach(range -> {
      for (int c = range.first(); c <= range.last(); c++) {
        all.add(Grammar.text(SHORT_ESCAPES.getOrDefault(c, String.format(Locale.ROOT, "\\u%04x", c))));
      }
    });
    return Grammar.either(all);
  }

  /// An array.
  /// @param most elements; [Grammar#ENDLESS] for any number
  static Grammar array(Grammar element, int least, int most) {
    Grammar more = Grammar.sequence(COMMA, element);
    Grammar some = most == 0 ? Grammar.NOTHING
        : Grammar.sequence(element, Grammar.repeat(more, Math.max(0, least - 1), most == Grammar.ENDLESS ? most : most - 1));
    return Grammar.sequence(Grammar.text("["), least == 0 ? Grammar.optional(some) : some, Grammar.text("]"));
  }

  /// An object with any names.
  static Grammar map(Grammar value) {
    Grammar member = Grammar.sequence(STRING, COLON, value);
    Grammar members = Grammar.sequence(member, Grammar.repeat(Grammar.sequence(COMMA, member), 0, Grammar.ENDLESS));
    return Grammar.sequence(Grammar.text("{"), Grammar.optional(members), Grammar.text("}"));
  }

  /// A value as it is.
  /// @param value a map, list, string, number, truth or null
  static Grammar literal(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> enclosed("{", map.entrySet().stream()
          .map(entry -> Grammar.sequence(literal(entry.getKey()), COLON, literal(entry.getValue()))).toList(), "}");
      case List<?> list -> enclosed("[", list.stream().map(JsonGrammar::literal).toList(), "]");
      case String text -> string(Grammar.sequence(text.codePoints().mapToObj(c -> written(CodePoints.of(c))).toArray(Grammar[]::new)));
      case null -> NULL;
      default -> Grammar.text(value.toString());
    };
  }

  private static Grammar enclosed(String begin, List<Grammar> elements, String end) {
    Grammar all = Grammar.EMPTY;
    for (Grammar element : elements.reversed()) {
      all = all == Grammar.EMPTY ? element : Grammar.sequence(element, Grammar.sequence(COMMA, all));
    }
    return Grammar.sequence(Grammar.text(begin), all, Grammar.text(end));
  }
}
