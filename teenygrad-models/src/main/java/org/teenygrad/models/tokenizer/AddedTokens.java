package org.teenygrad.models.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Tokens that stand for one text each, wherever it is: the longest of those that begin first.
final class AddedTokens {
  /// @param isSpecial whether it is read only where the text is trusted
  /// @param isSingleWord whether it may not be a part of a word
  /// @param takesLeft whether white space before it is a part of it
  /// @param takesRight whether white space behind it is a part of it
  /// @param isNormalized whether it is looked for in the normalized text
  record Added(int token, String content, boolean isSpecial, boolean isSingleWord, boolean takesLeft, boolean takesRight, boolean isNormalized) {
    /// What is looked for in a normalized text.
    Added normalized(UnaryOperator<String> normalizer) {
      return new Added(token, normalizer.apply(content), isSpecial, isSingleWord, takesLeft, takesRight, isNormalized);
    }
  }

  /// A part of a text: a token, or what is between tokens.
  record Part(@Nullable Added added, String text) {}

  private static final class Node {
    final Map<Character, Node> children = new HashMap<>();
    @Nullable Added added;
  }

  private final Node root = new Node();

  AddedTokens(List<Added> all) {
    for (Added added : all) {
      Node node = root;
      for (char c : added.content().toCharArray()) {
        node = node.children.computeIfAbsent(c, _ -> new Node());
      }
      if (node != root) {
        node.added = added;
      }
    }
  }

  /// The longest that begins there; null if there is none.
  private @Nullable Added at(String text, int begin) {
    @Nullable Added longest = null;
    @Nullable Node node = root.children.get(text.charAt(begin));
    for (int i = begin + 1; node != null; i++) {
      longest = node.added != null ? node.added : longest;
      node = i < text.length() ? node.children.get(text.charAt(i)) : null;
    }
    return longest;
  }

  /// Cuts a text; empty parts are left out.
  /// @param readsSpecial whether special tokens are tokens; else they are text
  List<Part> split(String text, boolean readsSpecial) {
    List<Part> parts = new ArrayList<>();
    int shown = 0; // up to where the text is in parts
    for (int at = 0; at < text.length(); ) {
      @Nullable Added added = at(text, at);
      if (added == null) {
        at++;
        continue;
      }
      int begin = at;
      int end = at + added.content().length();
      at = end;
      if (added.isSpecial() && !readsSpecial || added.isSingleWord() && (isWord(text, begin - 1) || isWord(text, end))) {
        continue;
      }
      while (added.takesLeft() && begin > shown && Character.isWhitespace(text.charAt(begin - 1))) {
        begin--;
      }
      while (added.takesRight() && end < text.length() && Character.isWhitespace(text.charAt(end))) {
        end++;
      }
      if (begin > shown) {
        parts.add(new Part(null, text.substring(shown, begin)));
      }
      parts.add(new Part(added, text.substring(begin, end)));
      shown = end;
      at = end;
    }
    if (shown < text.length()) {
      parts.add(new Part(null, text.substring(shown)));
    }
    return parts;
  }

  private static boolean isWord(String text, int at) {
    return at >= 0 && at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_');
  }

  /// The text with a mark within each special token, so that it stays text; see [VocabularyTokenizer#literal].
  String marked(String text, String mark) {
    StringBuilder marked = new StringBuilder();
    for (int at = 0; at < text.length(); at++) {
      marked.append(text.charAt(at));
      if (at(text, at) instanceof Added added && added.isSpecial()) {
        marked.append(mark);
      }
    }
    return marked.toString();
  }
}
