package org.teenygrad.nn;

import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// Rotary position embeddings (Su et al., *RoFormer*, 2021): queries and keys are rotated by angles that grow with their position, so
/// that their product depends on how far they are apart.
///
/// Pair i of a vector of `headDim` numbers at position p turns by `p base^(-2i / headDim)`: `(a, b)` becomes
/// `(a cos - b sin, b cos + a sin)`. Models differ in which numbers are a pair, see [Pairs].
/// ```java
/// var rope = RotaryEmbedding.of(64, 1024);
/// var q = rope.forward(Tensor.rand(2, 4, 16, 64));   // (batch, heads, time, headDim)
/// q.shape();   // (2, 4, 16, 64)
/// ```
/// It has no parameters and nothing that a state dict holds.
///
/// @param cos of the angle of each pair at each position (positions, headDim / 2), float32
/// @param sin as cos
public record RotaryEmbedding(Tensor cos, Tensor sin, Pairs pairs) implements Layer {
  /// Which numbers of a vector are a pair.
  public enum Pairs {
    /// One of the first half and one of the second: Llama, GPT-NeoX, nanochat, and Hugging Face's `rotate_half`.
    HALVES,
    /// Two neighbours: RoFormer, GPT-J, and Llama as Meta published it.
    INTERLEAVED
  }

  /// Of halves, with base 10000.
  public static RotaryEmbedding of(int headDim, int positions) {
    return of(headDim, positions, 10_000, Pairs.HALVES);
  }

  /// @param positions how many there are at most
  /// @throws IllegalArgumentException if the size is odd, or something is below 1
  public static RotaryEmbedding of(int headDim, int positions, double base, Pairs pairs) {
    if (headDim < 2 || headDim % 2 != 0 || positions < 1 || !(base > 0)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "RotaryEmbedding: needs an even size of heads, a position and a base above 0, not %d, %d and %s",
              headDim, positions, base));
    }
    return of(IntStream.range(0, headDim / 2).mapToDouble(i -> StrictMath.pow(base, -2.0 * i / headDim)).toArray(), positions, pairs);
  }

  /// With other frequencies, such as those that are scaled for long texts.
  ///
  /// ```java
  /// RotaryEmbedding.of(new double[] {1, 0.1}, 16, RotaryEmbedding.Pairs.HALVES).forward(Tensor.rand(16, 4)).shape();   // (16, 4)
  /// ```
  /// @param frequencies by how many radians each pair turns from one position to the next (headDim / 2)
  /// @param positions how many there are at most
  /// @throws IllegalArgumentException if there is no pair or no position
  public static RotaryEmbedding of(double[] frequencies, int positions, Pairs pairs) {
    int half = frequencies.length;
    if (half < 1 || positions < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "RotaryEmbedding: needs a pair and a position, not %d and %d", half, positions));
    }
    float[] cos = new float[Math.multiplyExact(positions, half)];
    float[] sin = new float[cos.length];
    for (int i = 0; i < cos.length; i++) {
      double angle = i / half * frequencies[i % half];
      cos[i] = (float) StrictMath.cos(angle);
      sin[i] = (float) StrictMath.sin(angle);
    }
    return new RotaryEmbedding(Tensor.of(cos, positions, half), Tensor.of(sin, positions, half), pairs);
  }

  /// This turning the other way, `(a cos + b sin, b cos - a sin)`: as nanochat does.
  public RotaryEmbedding reversed() {
    return new RotaryEmbedding(cos, sin.neg().realize(), pairs);
  }

  /// At the positions 0, 1, ...
  /// @param x (..., time, headDim)
  /// @throws IllegalArgumentException if x is of another size, or longer than the positions
  @Override
  public Tensor forward(Tensor x) {
    requireSize(x);
    int time = x.size(-2);
    if (time > cos.size(0)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "RotaryEmbedding: %s has %d positions, of %d that there are",
          x.shape(), time, cos.size(0)));
    }
    return ForwardHook.output(this, x, rotated(x, cos.slice(0, 0, time), sin.slice(0, 0, time)));
  }

  /// At given positions, which are data: text that is generated token by token has one expression for all of them.
  /// @param x (..., time, headDim)
  /// @param positions (time), or what broadcasts to (..., time) where rows stand elsewhere, such as (batch, 1, time); integers
  /// @throws IllegalArgumentException if x is of another size
  public Tensor forward(Tensor x, Tensor positions) {
    requireSize(x);
    return ForwardHook.output(this, x, rotated(x, cos.embedding(positions), sin.embedding(positions)));
  }

  private void requireSize(Tensor x) {
    if (x.rank() < 2 || x.size(-1) != 2 * cos.size(1)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "RotaryEmbedding: %s is not (..., time, %d)", x.shape(),
          2 * cos.size(1)));
    }
  }

  /// In float32 at least; the result has the type of x.
  private Tensor rotated(Tensor x, Tensor cos, Tensor sin) {
    int half = cos.size(-1);
    int[] sizes = x.shape().toArray();
    int[] paired = new int[sizes.length + 1];
    System.arraycopy(sizes, 0, paired, 0, sizes.length - 1);
    int pairAxis = pairs == Pairs.HALVES ? sizes.length - 1 : sizes.length;
    int otherAxis = pairs == Pairs.HALVES ? sizes.length : sizes.length - 1;
    paired[pairAxis] = 2;
    paired[otherAxis] = half;
    Tensor wide = x.dtype().bytes() < 4 ? x.cast(DType.FLOAT32) : x;
    Tensor split = wide.reshape(paired);
    // A pair and its exchange rather than two halves put together, which derivatives would take apart again under masks.
    int after = pairAxis - paired.length;
    Tensor sign = Tensor.arange(2).mul(2).sub(1).cast(sin.dtype()).reshape(pairs == Pairs.HALVES ? new int[] {2, 1} : new int[] {2}); // -1, 1
    Tensor turned = split.mul(cos.unsqueeze(after)).add(split.flip(pairAxis).mul(sin.unsqueeze(after).mul(sign)));
    return turned.reshape(sizes).cast(x.dtype());
  }

  /// None: the angles follow from the sizes.
  @Override
  public Map<String, Object> parts() {
    return Map.of();
  }

  @Override
  public String toString() {
    return tree();
  }
}
