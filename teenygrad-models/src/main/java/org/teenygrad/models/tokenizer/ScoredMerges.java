package org.teenygrad.models.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// SentencePiece's merges: two tokens merge where they are a token together, those of the highest score first (Kudo and Richardson,
/// *SentencePiece*, 2018).
final class ScoredMerges {
  /// Longer texts of tokens are no vocabulary's; each place in them is looked at.
  private static final int MOST_CHARACTERS = 256;

  private ScoredMerges() {}

  /// @param scores by token
  static PairTable of(List<String> tokens, double[] scores, Map<String, Integer> vocabulary) {
    double[] ascending = Arrays.stream(scores).distinct().sorted().toArray();
    PairTable merges = new PairTable(tokens.stream().mapToInt(ScoredMerges::places).sum());
    for (int token = 0; token < scores.length; token++) {
      String text = tokens.get(token);
      int rank = ascending.length - 1 - Arrays.binarySearch(ascending, scores[token]);
      for (int at = 1; at <= places(text); at++) {
        Integer left = vocabulary.get(text.substring(0, at));
        Integer right = left == null ? null : vocabulary.get(text.substring(at));
        if (left != null && right != null) {
          merges.add(left, right, rank, token);
        }
      }
    }
    return merges;
  }

  private static int places(String text) {
    return text.length() > MOST_CHARACTERS ? 0 : Math.max(0, text.length() - 1);
  }
}
