package org.teenygrad.models.inference;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Module;

/// A language model that can be run token by token: each token sees itself and those before it.
public interface CausalModel {
  /// How many tokens there are.
  int vocabSize();

  /// How many tokens a text may have.
  int maxPositions();

  /// What one token leaves behind for those that follow it.
  KeyValueShape keyValueShape();

  /// What a text's keys and values depend on beside its tokens: where one of these is another than before, an engine begins anew. All
  /// tensors of a module, whether they are trained or were read from a file; other models say which they have.
  /// @throws UnsupportedOperationException if the model is no module and does not say
  default List<Tensor> weights() {
    if (this instanceof Module module) {
      return List.copyOf(module.stateDict().values());
    }
    throw new UnsupportedOperationException(getClass().getName() + " is no module: its weights() must say what its answers depend on");
  }

  /// What the blocks make of tokens.
  ///
  /// @param ids tokens (rows, time)
  /// @param past null where each row is the beginning of a text
  /// @param keyValues how queries look at keys and values
  /// @return (rows, time, dim)
  Tensor hidden(Tensor ids, @Nullable Past past, KeyValues keyValues);

  /// The scores of the token that follows each.
  ///
  /// @param hidden (..., dim)
  /// @return (..., vocab), float32
  Tensor scores(Tensor hidden);

  /// Where in their texts tokens are, which are read in parts, or one at a time. All of it is data, so that every step has the same
  /// expression.
  ///
  /// @param before the token before each that is read (rows, time); any where there is none
  /// @param positions how many tokens are before each (rows, time)
  record Past(Tensor before, Tensor positions) {}

  /// The size of what attention remembers of a token.
  ///
  /// @param layers blocks with attention
  /// @param heads of keys and values
  /// @param headDim numbers of a head's key, or value
  /// @param dtype their type
  record KeyValueShape(int layers, int heads, int headDim, DType dtype) {
    /// Bytes for each token.
    public long bytes() {
      return 2L * layers * heads * headDim * dtype.bytes();
    }
  }
}
