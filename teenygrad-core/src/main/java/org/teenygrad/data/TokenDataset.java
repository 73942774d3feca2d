package org.teenygrad.data;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.Shape;

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

    /// Checks that both parts are longer than a block, as [TokenDataset#windows] needs.
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

  /// Every window of `blockSize` tokens, by the place of its first token; the targets are the tokens one place later. Both are
  /// int32 (blockSize). nanoGPT draws them with [DataLoader#withReplacement].
  /// ```java
  /// TokenDataset.of("digits", 0, 1, 2, 3, 4, 5).windows(4).get(1).targets().toFloatArray();   // [2.0, 3.0, 4.0, 5.0]
  /// ```
  /// @throws IllegalArgumentException if there are not more tokens than a window has
  public Dataset windows(int blockSize) {
    requireBlockOf(blockSize);
    return new Windows(MemorySegment.ofArray(tokens), tokens.length - blockSize, blockSize);
  }

  private record Windows(MemorySegment tokens, int size, int blockSize) implements Dataset {
    @Override
    public Example get(int index) {
      return Example.of(window(Objects.checkIndex(index, size)), window(index + 1));
    }

    private NdArray window(int from) {
      return new NdArray(DType.INT32, Shape.of(blockSize), tokens.asSlice(4L * from, 4L * blockSize));
    }
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
