package org.teenygrad.models.nanogpt;

import java.util.Locale;
import org.teenygrad.Tensor;

/// The shape of a [Gpt].
///
/// @param vocabSize how many tokens there are
/// @param blockSize the longest context, in tokens
/// @param nLayer transformer blocks
/// @param nHead attention heads of each block
/// @param nEmbd the size of the vector that stands for a token
/// @param dropout the probability of a zero in training
/// @param bias whether linear layers and layer norms have biases
/// @param gelu the bend of the perceptrons
public record GptConfig(
    int vocabSize, int blockSize, int nLayer, int nHead, int nEmbd, double dropout, boolean bias, Gelu gelu) {

  /// The deepest models there are have some hundred blocks; to build many more takes hours before a word can be said of their size.
  private static final int MOST_LAYERS = 10_000;

  /// x Φ(x), with Φ the normal distribution's.
  public enum Gelu {
    /// By the error function, as nanoGPT.
    ERF,
    /// By an approximation with tanh, as the weights that OpenAI published.
    TANH;

    Tensor of(Tensor x) {
      return this == ERF ? x.gelu() : x.geluTanh();
    }
  }

  /// With nanoGPT's bend.
  public GptConfig(
      int vocabSize, int blockSize, int nLayer, int nHead, int nEmbd, double dropout, boolean bias) {
    this(vocabSize, blockSize, nLayer, nHead, nEmbd, dropout, bias, Gelu.ERF);
  }

  /// @throws IllegalArgumentException if a size is not positive, the heads do not divide `nEmbd`, or `dropout` is no probability
  public GptConfig {
    requirePositive("vocab_size", vocabSize);
    requirePositive("block_size", blockSize);
    requirePositive("n_layer", nLayer);
    requirePositive("n_head", nHead);
    requirePositive("n_embd", nEmbd);
    if (nLayer > MOST_LAYERS) {
      throw new IllegalArgumentException("n_layer must be at most " + MOST_LAYERS + ", not " + nLayer);
    }
    if (nEmbd % nHead != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "n_embd (%d) must be a multiple of n_head (%d), since each head gets an equal part of it", nEmbd, nHead));
    }
    if (Math.max(4L * nEmbd, Math.max(vocabSize, blockSize)) > Integer.MAX_VALUE / nEmbd) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "n_embd (%d) makes matrices of more than 2^31 numbers", nEmbd));
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be at least 0 and below 1, not " + dropout);
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
}
