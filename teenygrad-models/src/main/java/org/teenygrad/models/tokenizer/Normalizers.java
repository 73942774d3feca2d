package org.teenygrad.models.tokenizer;

import java.text.Normalizer;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.huggingface.ConfigFile;

/// What is made of a text before it is split: the `normalizer` of a `tokenizer.json`.
final class Normalizers {
  private static final java.util.regex.Pattern MARKS = java.util.regex.Pattern.compile("\\p{Mn}");

  private Normalizers() {}

  /// @throws IllegalArgumentException if there is no such normalizer here
  static UnaryOperator<String> of(@Nullable ConfigFile config) {
    if (config == null) {
      return text -> text;
    }
    return switch (config.text("type", "")) {
      case "NFC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFC);
      case "NFD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFD);
      case "NFKC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKC);
      case "NFKD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKD);
      case "Lowercase" -> text -> text.toLowerCase(Locale.ROOT);
      case "Prepend" -> {
        String prefix = config.text("prepend", "");
        yield text -> text.isEmpty() ? text : prefix + text;
      }
      case "Replace" -> {
        java.util.regex.Pattern pattern = Splitter.pattern(config);
        String content = java.util.regex.Matcher.quoteReplacement(config.text("content", ""));
        yield text -> CountedText.matching(() -> pattern.matcher(new CountedText(text)).replaceAll(content));
      }
      case "BertNormalizer" -> bert(config.truth("clean_text", true), config.truth("handle_chinese_chars", true),
          config.truth("strip_accents", config.truth("lowercase", true)), config.truth("lowercase", true));
      case "Sequence" -> config.objects("normalizers").stream().map(Normalizers::of).reduce(text -> text, (first, then) -> text -> then.apply(first.apply(text)));
      case String other -> throw new IllegalArgumentException(
          "its normalizer is " + other + "; there are NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace, BertNormalizer and Sequence");
    };
  }

  /// BERT's: no control characters, one kind of space, ideographs as words, letters without accents.
  static UnaryOperator<String> bert(boolean cleans, boolean splitsIdeographs, boolean stripsAccents, boolean lowers) {
    return given -> {
      StringBuilder text = new StringBuilder();
      given.codePoints().forEach(c -> {
        if (cleans && Character.isWhitespace(c)) {
          text.append(' ');
        } else if (cleans && (c == 0 || c == 0xFFFD || isControl(c))) {
          return;
        } else if (splitsIdeographs && Character.isIdeographic(c)) {
          text.append(' ').appendCodePoint(c).append(' ');
        } else {
          text.appendCodePoint(c);
        }
      });
      String stripped = stripsAccents ? MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFD)).replaceAll("") : text.toString();
      return lowers ? stripped.toLowerCase(Locale.ROOT) : stripped;
    };
  }

  private static boolean isControl(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE, Character.UNASSIGNED -> true;
      default -> false;
    };
  }
}
