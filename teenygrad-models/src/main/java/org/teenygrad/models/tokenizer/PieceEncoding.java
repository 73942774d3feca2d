package org.teenygrad.models.tokenizer;

import java.util.Map;
import java.util.function.IntConsumer;

/// How a piece of a text becomes tokens.
sealed interface PieceEncoding permits BytePairEncoding, WordPiece {
  /// Tokens by what they stand for.
  Map<String, Integer> vocabulary();

  void encode(String piece, IntConsumer tokens);
}
