package org.teenygrad;

import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.runtime.Devices;

/// A source of random tensors that can be saved and continued, with the same bits on every device.
///
/// Every draw takes a new key, the next word of a [CounterRandom]; the tensor's elements are then the Threefry words of the
/// counters 0, 1, ... under that key. The key is data, not a constant of the graph, so a training step that draws
/// is replayed like any other.
///
/// ```java
/// var random = RandomState.of(42);
/// Tensor noise = random.randn(2, 3);
/// var saved = random.state();               // later: RandomState.of(saved) draws what random draws next
/// ```
/// `Tensor.rand`, `dropout` and their like draw from [#shared], which [Tensor#manualSeed] restarts. Safe for use by several
/// threads, whose draws then come in no fixed order.
public final class RandomState {
  /// Words come in pairs, and an axis has up to 2^31 - 1 elements.
  private static final int MOST = Integer.MAX_VALUE - 1;

  private static final RandomState SHARED = of(0);

  private CounterRandom keys;

  private RandomState(CounterRandom keys) {
    this.keys = keys;
  }

  public static RandomState of(long seed) {
    return new RandomState(CounterRandom.of(seed));
  }

  /// Goes on where another one stopped.
  public static RandomState of(CounterRandom.State state) {
    return new RandomState(CounterRandom.of(state));
  }

  /// The one that everything draws from that is not given another.
  public static RandomState shared() {
    return SHARED;
  }

  /// The seed, and how many draws there were.
  public synchronized CounterRandom.State state() {
    return keys.state();
  }

  /// Makes this one go on where another one stopped.
  public synchronized void restore(CounterRandom.State state) {
    keys = CounterRandom.of(state);
  }

  private synchronized long nextKey() {
    return keys.nextLong();
  }

  /// Float32 numbers in [0, 1), multiples of 2^-24: `torch.rand`.
  /// @throws IllegalArgumentException for 2^31 - 1 elements and more
  public Tensor rand(int... shape) {
    return rand(Shape.of(shape), null);
  }

  Tensor rand(Shape shape, @Nullable Device device) {
    return fraction(words(drawn(shape), device)).reshape(shape.toArray());
  }

  /// See [Tensor#randLike].
  Tensor randLike(Tensor x) {
    requireFloating("randLike", x);
    Shape shape = x.shape();
    if (x.dtype() == DType.FLOAT64) {
      return fraction53(threefry(drawn(shape), x.device())).reshape(shape);
    }
    Tensor drawn = rand(shape, x.device());
    // Rounded, the largest of the 2^24 numbers would be 1.
    return switch (x.dtype()) {
      case FLOAT16 -> drawn.mul(0x1p11).floor().mul(0x1p-11).cast(DType.FLOAT16);
      case FLOAT8_E4M3, FLOAT8_E5M2 -> drawn.mul(0x1p3).floor().mul(0x1p-3).cast(x.dtype());
      case BFLOAT16 -> drawn.mul(0x1p8).floor().mul(0x1p-8).cast(DType.BFLOAT16);
      default -> drawn;
    };
  }

  /// See [Tensor#randnLike].
  Tensor randnLike(Tensor x) {
    requireFloating("randnLike", x);
    return normal(x.shape(), x.device()).cast(x.dtype());
  }

  private static void requireFloating(String name, Tensor x) {
    if (!x.dtype().isFloating()) {
      throw new IllegalArgumentException(
          name + ": draws floating numbers, not " + x.dtype() + "; Tensor.randint draws integers");
    }
  }

  /// Float32 numbers in [low, high): `torch.empty(shape).uniform_(low, high)`.
  /// @throws IllegalArgumentException if low is above high, or for 2^31 - 1 elements and more
  public Tensor uniform(double low, double high, int... shape) {
    if (!(low <= high)) {
      throw new IllegalArgumentException("uniform: the least number " + low + " is above the largest " + high);
    }
    return rand(shape).mul(high - low).add(low);
  }

  /// Float32 numbers with mean 0 and variance 1: `torch.randn`.
  /// @throws IllegalArgumentException for 2^31 - 1 elements and more
  public Tensor randn(int... shape) {
    return normal(Shape.of(shape), null);
  }

  /// Float32 numbers with this mean and standard deviation.
  /// @throws IllegalArgumentException if the deviation is negative, or for 2^31 - 1 elements and more
  public Tensor normal(double mean, double deviation, int... shape) {
    if (!(deviation >= 0)) {
      throw new IllegalArgumentException("normal: the standard deviation must not be negative, but is " + deviation);
    }
    return randn(shape).mul(deviation).add(mean);
  }

  private Tensor normal(Shape shape, @Nullable Device device) {
    int elements = drawn(shape);
    Tensor word = threefry((elements + 1) / 2, device);
    Tensor pairs = NormalPairs.of(fraction(low(word)).rsub(1), fraction(low(word.shiftRight(32))));
    return first(pairs.reshape(-1), elements).reshape(shape.toArray());
  }

  /// The numbers 0 .. n-1 in a random order, int64: `torch.randperm`. The order of random words, of 64 bits each.
  /// @throws IllegalArgumentException if n is negative
  public Tensor randperm(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("randperm: of " + n + " numbers");
    }
    return threefry(n, null).argsort(0, false);
  }

  /// Integers in `low .. high-1`, int64: `torch.randint`. The bias is below (high - low) / 2^32.
  /// @throws IllegalArgumentException if there are none, or more than 2^31
  public Tensor randint(long low, long high, int... shape) {
    if (high <= low || high - low > 1L << 31 || high - low < 0) {
      throw new IllegalArgumentException("randint: " + low + " .. " + high + " must hold 1 to 2^31 integers");
    }
    Shape result = Shape.of(shape);
    return words(drawn(result), null).mul(high - low).shiftRight(32).add(low).reshape(shape);
  }

  /// 1 with these probabilities, else 0, in their shape and type: `torch.bernoulli`.
  /// @throws IllegalArgumentException for 2^31 - 1 elements and more
  public Tensor bernoulli(Tensor probabilities) {
    return rand(probabilities.shape(), probabilities.device()).lt(probabilities).cast(probabilities.dtype());
  }

  /// See [Tensor#multinomial]. A race: category i finishes after a time of rate `p[i]`, and the first wins; the times have 53 bits,
  /// so rare categories are as exact as frequent ones.
  /// @throws IllegalArgumentException if more are asked for than there are, without replacement
  public Tensor multinomial(Tensor probabilities, int numSamples, boolean replacement) {
    if (probabilities.rank() == 0 || (!replacement && numSamples > probabilities.size(-1)) || numSamples < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "multinomial: %d draws from %s%s",
              numSamples, probabilities.shape(), replacement ? "" : " without replacement"));
    }
    requireWeights(probabilities);
    int axis = probabilities.rank() - 1;
    Tensor racers = probabilities.cast(DType.FLOAT64);
    Shape shape = racers.shape();
    if (replacement) {
      int[] repeated = IntStream.concat(shape.stream().limit(axis), IntStream.of(numSamples, shape.size(-1))).toArray();
      shape = Shape.of(repeated);
      racers = racers.unsqueeze(-2);
    }
    Tensor word = threefry(drawn(shape), probabilities.device());
    Tensor time = fraction53(word).neg().add(1).log().neg().maximum(0x1p-60).reshape(shape.toArray());
    Tensor speed = racers.div(time);
    return replacement ? speed.argmax(-1) : speed.topk(numSamples, -1).indices();
  }

  private static void requireWeights(Tensor probabilities) {
    Tensor wide = probabilities.cast(DType.FLOAT64);
    Tensor possible = wide.ge(0).logicalAnd(wide.lt(Double.POSITIVE_INFINITY)).all(-1).logicalAnd(wide.sum(-1).gt(0));
    if (!possible.all().itemBoolean()) {
      throw new IllegalArgumentException(
          "multinomial: the weights of a row must be finite, not negative, and not all 0; here the least is " + wide.min().itemDouble()
              + ", the largest " + wide.max().itemDouble() + ", the least sum of a row " + wide.sum(-1).min().itemDouble());
    }
  }

  /// 24 bits of a 32-bit word, the precision of a float32, as a fraction.
  private static Tensor fraction(Tensor word) {
    return word.shiftRight(8).cast(DType.FLOAT32).mul(0x1p-24);
  }

  /// 53 bits of a 64-bit word, the precision of a float64, as a fraction.
  private static Tensor fraction53(Tensor word) {
    return word.shiftRight(11).and((1L << 53) - 1).cast(DType.FLOAT64).mul(0x1p-53);
  }

  private static Tensor low(Tensor words) {
    return words.and(0xFFFF_FFFFL);
  }

  /// How many numbers a shape takes.
  private static int drawn(Shape shape) {
    if (shape.elements() > MOST) {
      throw new IllegalArgumentException(
          "random: shape " + shape + " has " + shape.elements() + " elements; at most " + MOST + " are drawn at once");
    }
    return (int) shape.elements();
  }

  /// A vector of numbers in 0 .. 2^32-1, int64: the low and the high half of each word.
  private Tensor words(int count, @Nullable Device device) {
    Tensor word = threefry((count + 1) / 2, device).unsqueeze(1);
    return first(low(word.shiftRight(Tensor.arange(2).mul(32))).reshape(-1), count);
  }

  /// `count` words of 64 random bits under a new key.
  private Tensor threefry(int count, @Nullable Device device) {
    Device home = device == null ? Devices.defaultDevice() : device;
    Tensor key = Tensor.of(new long[] {nextKey()}, Shape.SCALAR, home);
    return Tensor.apply(OpCode.THREEFRY, Tensor.arange(count), key.broadcastTo(Shape.of(count)));
  }

  /// 64 random bits for each counter under its key, Threefry-2x32 (Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*,
  /// 2011): what is drawn for one pair depends on no other, however many are drawn together. The words of [CounterRandom] under a
  /// seed are those of the counters 0, 1, ... under it.
  ///
  /// ```java
  /// RandomState.words(Tensor.arange(1000), Tensor.of(new long[] {7}, 1)).shape();   // (1000,)
  /// ```
  /// @param counters integers
  /// @param keys integers; counters and keys broadcast to each other
  /// @return int64
  /// @throws IllegalArgumentException if counters and keys do not broadcast to each other
  public static Tensor words(Tensor counters, Tensor keys) {
    return Operations.binary("words", OpCode.THREEFRY, DType.INT64, counters.cast(DType.INT64), keys.cast(DType.INT64));
  }

  private static Tensor first(Tensor vector, int count) {
    return vector.numel() == count ? vector : vector.slice(0, 0, count);
  }
}
