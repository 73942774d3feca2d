package org.teenygrad.nn;

import java.util.List;
import org.teenygrad.Tensor;

/// Layers one after the other, named `layers.0`, `layers.1`, ... PyTorch's `nn.Sequential`.
///
/// ```java
/// var mlp = Sequential.of(Linear.of(784, 128), Tensor::relu, Linear.of(128, 10));
/// ```
public record Sequential(List<Layer> layers) implements Layer {
  public Sequential {
    layers = List.copyOf(layers);
  }

  public static Sequential of(Layer... layers) {
    return new Sequential(List.of(layers));
  }

  @Override
  public Tensor forward(Tensor x) {
    for (Layer layer : layers) {
      x = layer.forward(x);
    }
    return x;
  }
}
