package org.teenygrad.models.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.huggingface.ConfigFile;

/// How a text is split into pieces that no token crosses: the `pre_tokenizer` of a `tokenizer.json`.
@FunctionalInterface
interface Splitter {
  String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  /// @param isFirst whether the text stands at the beginning of the whole
  List<String> split(String text, boolean isFirst);

  /// @throws IllegalArgumentException if there is no such pre-tokenizer here
  static Splitter of(@Nullable ConfigFile config) {
    if (config == null) {
      return (text, _) -> List.of(text);
    }
    return switch (config.text("type", "")) {
      case "Split" -> at(pattern(config), config.text("behavior", ""), config.truth("invert", false));
      case "ByteLevel" -> byteLevel(config);
      case "Metaspace" -> metaspace(config);
      case "Digits" -> at(compiled("\\p{N}"), config.truth("individual_digits", false) ? "Isolated" : "Contiguous", false);
      case "Punctuation" -> at(compiled("[\\p{P}!-/:-@\\[-`{-~]"), config.text("behavior", "Isolated"), false);
      case "Whitespace" -> at(compiled("\\w+|[^\\w\\s]+"), "Removed", true);
      case "BertPreTokenizer" -> bert();
      case "WhitespaceSplit" -> at(compiled("\\s"), "Removed", false);
      case "Sequence" -> config.objects("pretokenizers").stream().map(Splitter::of).reduce((text, _) -> List.of(text), Splitter::then);
      case String other -> throw new IllegalArgumentException("its pre_tokenizer is " + other
          + "; there are Split, ByteLevel, Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit, BertPreTokenizer and Sequence");
    };
  }

  /// Several patterns, one after the other, then GPT-2's characters of bytes.
  static Splitter ofBytes(List<String> patterns) {
    Splitter words = patterns.stream().map(pattern -> at(compiled(pattern), "Isolated", false)).reduce((text, _) -> List.of(text), Splitter::then);
    return (text, isFirst) -> words.split(text, isFirst).stream().map(ByteCharacters::of).toList();
  }

  /// Words between spaces, and each punctuation mark.
  static Splitter bert() {
    return then(at(compiled("\\s"), "Removed", false), at(compiled("[\\p{P}!-/:-@\\[-`{-~]"), "Isolated", false));
  }

  private static Splitter then(Splitter first, Splitter second) {
    return (text, isFirst) -> {
      List<String> pieces = new ArrayList<>();
      for (String piece : first.split(text, isFirst)) {
        pieces.addAll(second.split(piece, isFirst && pieces.isEmpty()));
      }
      return pieces;
    };
  }

  private static Splitter byteLevel(ConfigFile config) {
    boolean addsSpace = config.truth("add_prefix_space", true);
    Splitter words = config.truth("use_regex", true) ? at(compiled(GPT2), "Isolated", false) : (text, _) -> List.of(text);
    return (text, isFirst) -> {
      String spaced = addsSpace && !text.startsWith(" ") ? " " + text : text;
      return words.split(spaced, isFirst).stream().map(ByteCharacters::of).toList();
    };
  }

  /// SentencePiece's: a space is a character of the word behind it.
  private static Splitter metaspace(ConfigFile config) {
    String space = config.text("replacement", "▁");
    String scheme = config.text("prepend_scheme", config.truth("add_prefix_space", true) ? "always" : "never");
    Splitter words = config.truth("split", true)
        ? at(compiled(Pattern.quote(space)), "MergedWithNext", false) : (text, _) -> List.of(text);
    return (text, isFirst) -> {
      String spaced = text.replace(" ", space);
      boolean prepends = !spaced.startsWith(space) && (scheme.equals("always") || scheme.equals("first") && isFirst);
      return words.split(prepends ? space + spaced : spaced, isFirst);
    };
  }

  /// A part of a text that the pattern matches, or that is between matches.
  record Span(String text, boolean isMatch) {}

  /// @param behavior what becomes of the matches, in Hugging Face's words
  /// @param invert whether what is between the matches counts as the matches
  private static Splitter at(Pattern pattern, String behavior, boolean invert) {
    return switch (behavior) {
      case "Isolated" -> (text, _) -> spans(text, pattern, invert).stream().map(Span::text).toList();
      case "Removed" -> (text, _) -> spans(text, pattern, invert).stream().filter(span -> !span.isMatch()).map(Span::text).toList();
      case "Contiguous" -> (text, _) -> merged(spans(text, pattern, invert), (before, span) -> before.isMatch() == span.isMatch());
      case "MergedWithPrevious" -> (text, _) -> merged(spans(text, pattern, invert), (before, span) -> span.isMatch() && !before.isMatch());
      case "MergedWithNext" -> (text, _) -> merged(spans(text, pattern, invert), (before, span) -> before.isMatch() && !span.isMatch());
      default -> throw new IllegalArgumentException("its pre_tokenizer splits by the behavior " + behavior);
    };
  }

  private static List<Span> spans(String text, Pattern pattern, boolean invert) {
    List<Span> spans = new ArrayList<>();
    int at = 0;
    for (Matcher matcher = pattern.matcher(new CountedText(text)); CountedText.matching(matcher::find); ) {
      if (matcher.end() > matcher.start()) {
        if (matcher.start() > at) {
          spans.add(new Span(text.substring(at, matcher.start()), invert));
        }
        spans.add(new Span(matcher.group(), !invert));
        at = matcher.end();
      }
    }
    if (at < text.length()) {
      spans.add(new Span(text.substring(at), invert));
    }
    return spans;
  }

  private static List<String> merged(List<Span> spans, java.util.function.BiPredicate<Span, Span> joins) {
    List<String> pieces = new ArrayList<>();
    @Nullable Span before = null;
    for (Span span : spans) {
      if (before != null && joins.test(before, span)) {
        pieces.set(pieces.size() - 1, pieces.getLast() + span.text());
      } else {
        pieces.add(span.text());
      }
      before = span;
    }
    return pieces;
  }

  /// The `pattern` of a part, a `String` or a `Regex`.
  static Pattern pattern(ConfigFile config) {
    ConfigFile pattern = config.object("pattern");
    if (pattern == null || Stream.of("String", "Regex").noneMatch(pattern::has)) {
      throw new IllegalArgumentException("its " + config.text("type", "part") + " has no pattern");
    }
    return pattern.has("String") ? compiled(Pattern.quote(pattern.text("String", ""))) : compiled(pattern.text("Regex", ""));
  }

  /// With Unicode's classes, as Oniguruma has them; scripts are called `\p{IsHan}` here.
  private static Pattern compiled(String regex) {
    String java = Pattern.compile("\\\\([pP])\\{(\\^?)([A-Z][a-z]{2,})}").matcher(regex).replaceAll("\\\\$1{$2Is$3}");
    return Pattern.compile(java, Pattern.UNICODE_CHARACTER_CLASS);
  }
}
