package org.teenygrad.nanochat.model;

import java.util.Locale;
import java.util.stream.IntStream;

/// The shape of a [Gpt], under nanochat's names.
///
/// @param sequenceLen the context it is trained on, in tokens
/// @param vocabSize how many tokens there are
/// @param nLayer transformer blocks
/// @param nHead heads of queries
/// @param nKvHead heads of keys and values, each shared by `nHead / nKvHead` heads of queries (grouped-query attention)
/// @param nEmbd the size of the vector that stands for a token
/// @param windowPattern a letter for each block, repeated as often as needed: L sees the whole context, S a quarter of it; the last block
///     sees it all
public record GptConfig(int sequenceLen, int vocabSize, int nLayer, int nHead, int nKvHead, int nEmbd, String windowPattern) {
  /// Channels of a token's vector that the gate of the smear reads.
  static final int SMEAR_CHANNELS = 24;

  /// Channels of a token's vector that the gates of value embeddings read.
  static final int VALUE_GATE_CHANNELS = 12;

  /// Vocabularies are padded to a multiple of this, as matrix units like it.
  private static final int VOCAB_MULTIPLE = 64;

  /// Short windows are a multiple of this, the tile of FlashAttention 3.
  private static final int WINDOW_MULTIPLE = 128;

  /// @throws IllegalArgumentException if a size is not positive, or sizes do not fit each other
  public GptConfig {
    requirePositive("sequence_len", sequenceLen);
    requirePositive("vocab_size", vocabSize);
    requirePositive("n_layer", nLayer);
    requirePositive("n_head", nHead);
    requirePositive("n_kv_head", nKvHead);
    if (nEmbd < SMEAR_CHANNELS || nEmbd % (2 * nHead) != 0) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "n_embd must be at least %d and give each of the %d heads an even number of channels, not be %d", SMEAR_CHANNELS, nHead, nEmbd));
    }
    if (nHead % nKvHead != 0) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "n_head (%d) must be a multiple of n_kv_head (%d)", nHead, nKvHead));
    }
    if (!windowPattern.matches("[SsLl]+")) {
      throw new IllegalArgumentException("window_pattern is letters S (short) and L (long), such as SSSL, not '" + windowPattern + "'");
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, not " + value);
    }
  }

  /// The size of one head's queries, keys and values.
  public int headDim() {
    return nEmbd / nHead;
  }

  /// The size of all keys, or values, of a token.
  public int kvDim() {
    return nKvHead * headDim();
  }

  /// Rows of the embeddings and of the head: the vocabulary and what pads it.
  public int paddedVocabSize() {
    return Math.ceilDiv(vocabSize, VOCAB_MULTIPLE) * VOCAB_MULTIPLE;
  }

  /// Whether a block has value embeddings: every other one, the last among them.
  public boolean hasValueEmbedding(int layer) {
    return layer % 2 == (nLayer - 1) % 2;
  }

  /// How many tokens before its own a query of that block sees at most.
  public int window(int layer) {
    char letter = Character.toUpperCase(windowPattern.charAt(layer % windowPattern.length()));
    boolean isShort = letter == 'S' && layer != nLayer - 1;
    return isShort ? Math.ceilDiv(Math.ceilDiv(sequenceLen, 4), WINDOW_MULTIPLE) * WINDOW_MULTIPLE : sequenceLen;
  }

  /// How many parameters the model has, by what they are; see [ParameterCounts].
  public ParameterCounts parameterCounts() {
    long embedding = (long) paddedVocabSize() * nEmbd;
    long valueLayers = IntStream.range(0, nLayer).filter(this::hasValueEmbedding).count();
    long attention = 2L * nEmbd * nEmbd + 2L * nEmbd * kvDim();
    long mlp = 8L * nEmbd * nEmbd;
    return new ParameterCounts(
        embedding,
        valueLayers * paddedVocabSize() * kvDim(),
        embedding,
        nLayer * (attention + mlp) + valueLayers * VALUE_GATE_CHANNELS * nKvHead,
        2L * nLayer + SMEAR_CHANNELS + 2);
  }

  /// Floating-point operations of a step, forward and backward, for each token: 6 for each parameter that is multiplied with, and
  /// 12 for each channel of each key that attention looks at (Chowdhery et al., *PaLM*, 2022, appendix B).
  public long flopsPerToken() {
    ParameterCounts counts = parameterCounts();
    long multiplied = counts.transformerMatrices() + counts.lmHead() + SMEAR_CHANNELS;
    long attention = IntStream.range(0, nLayer).mapToLong(layer -> 12L * nEmbd * Math.min(window(layer), sequenceLen)).sum();
    return 6 * multiplied + attention;
  }
}
