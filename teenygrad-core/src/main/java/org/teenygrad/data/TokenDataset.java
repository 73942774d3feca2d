package org.teenygrad.data;

import java.util.Arrays;
import java.util.Locale;

/// A long sequence of tokens to learn to continue.
public final class TokenDataset {

  private final String name;
  private final int[] tokens;

  private TokenDataset(String name, int[] tokens) {
    this.name = name;
    this.tokens = tokens;
  }

  /// A data set of its own copy of `tokens`.
  /// @param name what error messages call it
  public static TokenDataset of(String name, int... tokens) {
    return new TokenDataset(name, tokens.clone());
  }

  /// A data set to train on, and one to validate with that training never sees.
  public record Split(TokenDataset train, TokenDataset validation) {

    /// Checks that both parts are longer than a block, as [TokenDataset#randomBatch] needs.
    /// @throws IllegalArgumentException if one is not
    public Split requireBlocksOf(int blockSize) {
      train.requireBlockOf(blockSize);
      validation.requireBlockOf(blockSize);
      return this;
    }
  }

  /// Cuts `tokens` after its first 90%.
  /// @param name what error messages call the whole
  public static Split split(String name, int... tokens) {
    int cut = (int) (tokens.length * 9L / 10);
    return new Split(
        new TokenDataset("the training part (90%) of " + name, Arrays.copyOf(tokens, cut)),
        new TokenDataset(
            "the validation part (10%) of " + name, Arrays.copyOfRange(tokens, cut, tokens.length)));
  }

  /// The number of tokens.
  public int size() {
    return tokens.length;
  }

  /// Windows that begin at random places, each place as likely as any other. The draws are one a window, in order.
  /// @throws IllegalArgumentException if there are not more tokens than a window has
  public Batch randomBatch(CounterRandom random, int batchSize, int blockSize) {
    requireBlockOf(blockSize);
    var inputs = new int[Math.multiplyExact(batchSize, blockSize)];
    var targets = new int[inputs.length];
    for (int to = 0; to < inputs.length; to += blockSize) {
      int from = random.nextInt(tokens.length - blockSize);
      System.arraycopy(tokens, from, inputs, to, blockSize);
      System.arraycopy(tokens, from + 1, targets, to, blockSize);
    }
    return new Batch(batchSize, blockSize, inputs, targets);
  }

  private void requireBlockOf(int blockSize) {
    if (blockSize < 1) {
      throw new IllegalArgumentException("a block of " + blockSize + " tokens: it must have at least one");
    }
    if (tokens.length <= blockSize) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "%s has %d tokens, but a block of %d and the token after it need %d: use a longer text or a smaller "
                  + "block size",
              name, tokens.length, blockSize, blockSize + 1L));
    }
  }
}
