package org.teenygrad.nn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Layers one after the other, named `0`, `1`, ... as in PyTorch's `nn.Sequential`.
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

  /// The layers by their numbers.
  @Override
  public Map<String, Object> parts() {
    Map<String, Object> parts = new LinkedHashMap<>();
    layers.forEach(layer -> parts.put(Integer.toString(parts.size()), layer));
    return parts;
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor y = x.reshape(x.shape()); // of no layers it is a value, too, not x itself
    for (Layer layer : layers) {
      y = layer.forward(y);
    }
    return ForwardHook.output(this, x, y);
  }

  @Override
  public String toString() {
    return tree();
  }
}
