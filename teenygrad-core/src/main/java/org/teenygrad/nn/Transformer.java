package org.teenygrad.nn;

import java.util.List;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;

/// An encoder and a decoder (Vaswani et al., *Attention Is All You Need*, 2017): PyTorch's `nn.Transformer` with `batch_first=True`.
///
/// ```java
/// var transformer = Transformer.of(TransformerOptions.of(64, 8), 2, 2);
/// transformer.forward(Tensor.rand(2, 10, 64), Tensor.rand(2, 5, 64), AttentionOptions.DEFAULT, AttentionOptions.CAUSAL).shape();   // (2, 5, 64)
/// ```
public record Transformer(TransformerEncoder encoder, TransformerDecoder decoder) implements Module {
  /// Both end with a norm; matrices are uniform as Glorot and Bengio start them, as PyTorch's are.
  public static Transformer of(TransformerOptions options, int encoderLayers, int decoderLayers) {
    TransformerEncoder encoder = TransformerEncoder.of(encoderLayers, () -> TransformerEncoderLayer.of(options));
    TransformerDecoder decoder = TransformerDecoder.of(decoderLayers, () -> TransformerDecoderLayer.of(options));
    Transformer transformer = new Transformer(
        new TransformerEncoder(encoder.layers(), options.norm()), new TransformerDecoder(decoder.layers(), options.norm()));
    List<Tensor> drawn = transformer.parameters().stream().filter(p -> p.rank() > 1)
        .map(p -> p.assign(Tensor.xavierUniform(p.shape().toArray()))).toList();
    Tensor.realize(drawn);
    return transformer;
  }

  /// @param source (batch, keys, dim)
  /// @param target (batch, time, dim)
  /// @param ofSource what each position of the source sees of it
  /// @param ofTarget what each position of the target sees of it; of the encoder's result it sees all
  /// @return (batch, time, dim)
  public Tensor forward(Tensor source, Tensor target, AttentionOptions ofSource, AttentionOptions ofTarget) {
    return forward(source, target, ofSource, ofTarget, AttentionOptions.DEFAULT);
  }

  /// As [#forward(Tensor, Tensor, AttentionOptions, AttentionOptions)], where the target does not see all of the encoder's result.
  /// @param ofMemory what it sees of that
  public Tensor forward(Tensor source, Tensor target, AttentionOptions ofSource, AttentionOptions ofTarget, AttentionOptions ofMemory) {
    return ForwardHook.output(this, target, decoder.forward(target, encoder.forward(source, ofSource), ofTarget, ofMemory));
  }

  @Override
  public String toString() {
    return tree();
  }
}
