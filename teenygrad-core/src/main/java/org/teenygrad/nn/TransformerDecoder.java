package org.teenygrad.nn;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;

/// [TransformerDecoderLayer]s one after the other: PyTorch's `nn.TransformerDecoder`.
///
/// ```java
/// var decoder = TransformerDecoder.of(6, () -> TransformerDecoderLayer.of(TransformerOptions.of(64, 8)));
/// ```
/// @param norm of the result, or null
public record TransformerDecoder(List<TransformerDecoderLayer> layers, @Nullable LayerNorm norm) implements Module {
  public TransformerDecoder {
    layers = List.copyOf(layers);
  }

  /// Layers of their own each, without a norm at the end.
  public static TransformerDecoder of(int count, Supplier<TransformerDecoderLayer> layer) {
    return new TransformerDecoder(Stream.generate(layer).limit(count).toList(), null);
  }

  /// @param x (batch, time, dim)
  /// @param memory (batch, keys, dim), what an encoder made
  /// @param self what each position sees of x
  /// @param cross what it sees of the memory
  public Tensor forward(Tensor x, Tensor memory, AttentionOptions self, AttentionOptions cross) {
    Tensor y = x;
    for (TransformerDecoderLayer layer : layers) {
      y = layer.forward(y, memory, self, cross);
    }
    return ForwardHook.output(this, x, norm == null ? y : norm.forward(y));
  }

  @Override
  public String toString() {
    return tree();
  }
}
