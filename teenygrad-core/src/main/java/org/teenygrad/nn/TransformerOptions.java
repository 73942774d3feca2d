package org.teenygrad.nn;

/// What the layers of a [Transformer] are like.
///
/// ```java
/// var options = TransformerOptions.of(512, 8).withActivation(Tensor::gelu).withNormFirst(true);
/// ```
/// @param dim the size of the vectors
/// @param heads divides dim
/// @param feedForward the size between the two linear layers
/// @param dropout in [Mode#TRAINING], the probability with which attention's weights and elements of each branch are zeroed
/// @param activation between the two linear layers
/// @param normFirst whether each branch begins with its norm (Xiong et al., *On Layer Normalization in the Transformer
///     Architecture*, 2020); else norms follow the sums
/// @param bias whether linear layers and norms have biases
/// @param eps of the norms
public record TransformerOptions(
    int dim, int heads, int feedForward, double dropout, Layer activation, boolean normFirst, boolean bias, double eps) {
  /// PyTorch's: 2048 between the linear layers, dropout 0.1, relu, norms behind the sums.
  public static TransformerOptions of(int dim, int heads) {
    return new TransformerOptions(dim, heads, 2048, 0.1, x -> x.relu(), false, true, 1e-5);
  }

  public TransformerOptions withFeedForward(int changed) {
    return new TransformerOptions(dim, heads, changed, dropout, activation, normFirst, bias, eps);
  }

  public TransformerOptions withDropout(double changed) {
    return new TransformerOptions(dim, heads, feedForward, changed, activation, normFirst, bias, eps);
  }

  public TransformerOptions withActivation(Layer changed) {
    return new TransformerOptions(dim, heads, feedForward, dropout, changed, normFirst, bias, eps);
  }

  public TransformerOptions withNormFirst(boolean changed) {
    return new TransformerOptions(dim, heads, feedForward, dropout, activation, changed, bias, eps);
  }

  public TransformerOptions withBias(boolean changed) {
    return new TransformerOptions(dim, heads, feedForward, dropout, activation, normFirst, changed, eps);
  }

  LayerNorm norm() {
    return new LayerNorm(Init.ONES.parameter(dim), bias ? Init.ZEROS.parameter(dim) : null, eps);
  }

  MultiHeadAttention attention() {
    return MultiHeadAttention.of(dim, heads, bias);
  }
}
