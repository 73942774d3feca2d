package org.teenygrad.nn;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;

/// [TransformerEncoderLayer]s one after the other: PyTorch's `nn.TransformerEncoder`.
///
/// ```java
/// var encoder = TransformerEncoder.of(6, () -> TransformerEncoderLayer.of(TransformerOptions.of(64, 8)));
/// ```
/// @param norm of the result, or null
public record TransformerEncoder(List<TransformerEncoderLayer> layers, @Nullable LayerNorm norm) implements Layer {
  public TransformerEncoder {
    layers = List.copyOf(layers);
  }

  /// Layers of their own each, without a norm at the end.
  public static TransformerEncoder of(int count, Supplier<TransformerEncoderLayer> layer) {
    return new TransformerEncoder(Stream.generate(layer).limit(count).toList(), null);
  }

  /// Every position sees every other.
  /// @param x (batch, time, dim)
  @Override
  public Tensor forward(Tensor x) {
    return forward(x, AttentionOptions.DEFAULT);
  }

  /// @param options what each position sees; the dropout is that of the layers
  public Tensor forward(Tensor x, AttentionOptions options) {
    Tensor y = x;
    for (TransformerEncoderLayer layer : layers) {
      y = layer.forward(y, options);
    }
    return ForwardHook.output(this, x, norm == null ? y : norm.forward(y));
  }

  @Override
  public String toString() {
    return tree();
  }
}
