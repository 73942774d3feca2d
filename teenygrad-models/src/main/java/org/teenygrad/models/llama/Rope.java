package org.teenygrad.models.llama;

import java.util.List;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.nn.RotaryEmbedding.Pairs;

/// How fast the pairs of a query or key turn from one position to the next (Su et al., *RoFormer*, 2021), and how these frequencies
/// are lowered for texts that are longer than those of most of the training.
///
/// @param theta pair i of a head turns by `theta^(-2i / headDim)` a position
/// @param pairs which numbers of a head are a pair
public record Rope(double theta, Scaling scaling, Pairs pairs) {
  /// With pairs of halves, as in Hugging Face's files.
  public Rope(double theta, Scaling scaling) {
    this(theta, scaling, Pairs.HALVES);
  }

  /// What is made of the frequencies.
  public sealed interface Scaling {
    /// @param pair its number
    /// @param frequency radians a position
    double of(int pair, double frequency);
  }

  /// Nothing.
  public record Unscaled() implements Scaling {
    @Override
    public double of(int pair, double frequency) {
      return frequency;
    }
  }

  /// Each pair is slowed down by a factor of its own, as GGUF files have it.
  public record Factors(List<Double> factors) implements Scaling {
    public Factors {
      factors = List.copyOf(factors);
    }

    /// @throws IllegalArgumentException if there is no factor for the pair
    @Override
    public double of(int pair, double frequency) {
      if (pair >= factors.size()) {
        throw new IllegalArgumentException("there are factors for " + factors.size() + " pairs of a head only");
      }
      return frequency / factors.get(pair);
    }
  }

  /// Positions stand closer (Chen et al., *Extending context window by positional interpolation*, 2023).
  public record Linear(double factor) implements Scaling {
    @Override
    public double of(int pair, double frequency) {
      return frequency / factor;
    }
  }

  /// Llama 3.1's: pairs that turn often within a text stay, those that turn seldom are slowed down, and what is between is blended.
  ///
  /// @param factor by how much the slow pairs are slowed down
  /// @param lowTurns pairs with fewer turns in a text of the original length are slow
  /// @param highTurns pairs with more turns are quick
  /// @param originalPositions the length of texts before
  public record Llama3(double factor, double lowTurns, double highTurns, int originalPositions) implements Scaling {
    @Override
    public double of(int pair, double frequency) {
      double turns = originalPositions * frequency / (2 * Math.PI);
      double kept = Math.clamp((turns - lowTurns) / (highTurns - lowTurns), 0, 1);
      return (1 - kept) * frequency / factor + kept * frequency;
    }
  }

  public static Rope of(double theta) {
    return new Rope(theta, new Unscaled());
  }

  /// Radians a position, by pair (headDim / 2).
  public double[] frequencies(int headDim) {
    double[] frequencies = new double[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = scaling.of(i, StrictMath.pow(theta, -2.0 * i / headDim));
    }
    return frequencies;
  }

  /// Older files have `rope_theta` and `rope_scaling`, newer ones `rope_parameters` with both.
  /// @throws IllegalArgumentException if the scaling is none of these
  static Rope read(ConfigFile config) {
    ConfigFile parameters = config.object("rope_parameters");
    ConfigFile scaling = parameters == null ? config.object("rope_scaling") : parameters;
    double theta = parameters == null ? config.number("rope_theta", 1e4) : parameters.number("rope_theta", 1e4);
    if (scaling == null) {
      return of(theta);
    }
    String type = scaling.text("rope_type", scaling.text("type", "default"));
    return new Rope(theta, switch (type) {
      case "default" -> new Unscaled();
      case "linear" -> new Linear(scaling.number("factor", 1));
      case "llama3" -> new Llama3(
          scaling.number("factor", 1),
          scaling.number("low_freq_factor", 1),
          scaling.number("high_freq_factor", 4),
          scaling.size("original_max_position_embeddings"));
      default -> throw new IllegalArgumentException("its positions are scaled by '" + type + "', but this model has default, linear and llama3");
    });
  }
}
