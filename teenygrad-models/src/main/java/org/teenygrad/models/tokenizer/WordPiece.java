package org.teenygrad.models.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Encodes words as BERT does: the longest token that a word begins with, then the longest that goes on, and so on; a word of which
/// a part is no token is unknown (Wu et al., *Google's neural machine translation system*, 2016).
///
/// @param begins what is before the text of tokens that begin words
/// @param continues what is before that of others
/// @param unknown the token of words that have no other
/// @param longest words of more characters are unknown
record WordPiece(Map<String, Integer> vocabulary, String begins, String continues, int unknown, int longest) implements PieceEncoding {
  @Override
  public void encode(String word, IntConsumer tokens) {
    List<Integer> found = new ArrayList<>();
    int at = word.codePointCount(0, word.length()) > longest ? -1 : 0;
    while (at >= 0 && at < word.length()) {
      int end = word.length();
      @Nullable Integer token = token(word, at, end);
      while (token == null && end > at) {
        end = word.offsetByCodePoints(end, -1);
        token = token(word, at, end);
      }
      if (token == null || end == at) {
        at = -1;
      } else {
        found.add(token);
        at = end;
      }
    }
    if (at < 0) {
      tokens.accept(unknown);
    } else {
      found.forEach(tokens::accept);
    }
  }

  private @Nullable Integer token(String word, int at, int end) {
    return end == at ? null : vocabulary.get((at == 0 ? begins : continues) + word.substring(at, end));
  }

  /// What a token shows: one that begins a word has a space before it.
  String shown(String token) {
    boolean isBegin = !begins.isEmpty() && token.startsWith(begins) || begins.isEmpty() && !token.startsWith(continues);
    return isBegin ? " " + token.substring(begins.length()) : begins.isEmpty() ? token.substring(continues.length()) : token;
  }
}
