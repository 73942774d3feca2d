package org.teenygrad;

import java.util.Arrays;
import java.util.stream.Stream;
import org.teenygrad.engine.ir.OpCode;

/// Tensors with parts replaced, at positions along an axis or where a mask is true; the tensor itself does not change.
sealed interface Replacing permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// This tensor with a value at positions along an axis: `torch.index_fill`.
  /// ```java
  /// Tensor.of(1, 2, 3).indexFill(0, Tensor.of(0L, 2L), 7);   // [7 2 7]
  /// ```
  /// @param index a vector; negative positions count from the end
  /// @throws IllegalArgumentException if the index is not a vector of integers
  default Tensor indexFill(int axis, Tensor index, Number value) {
    return selected("indexFill", axis, index).with(value).reshape(self().shape());
  }

  /// This tensor with `source`'s parts at positions along an axis: `torch.index_copy`.
  /// ```java
  /// Tensor.of(1, 2, 3).indexCopy(0, Tensor.of(2L, 0L), Tensor.of(8, 9));   // [9 2 8]
  /// ```
  /// @param index a vector; of equal positions the last wins
  /// @param source as this tensor, but as long as the index on `axis`
  /// @throws IllegalArgumentException if the source has another shape
  default Tensor indexCopy(int axis, Tensor index, Tensor source) {
    Tensor parts = self().rank() < 2 ? Positions.atLeastVector(source) : source;
    Tensor x = Positions.atLeastVector(self());
    Positions.requireParts("indexCopy", x, x.shape().axis(axis), Positions.vector("indexCopy", index), parts);
    return selected("indexCopy", axis, index).with(parts).reshape(self().shape());
  }

  /// This tensor with values at positions, or with them added there, as often as each position is named: `torch.index_put`.
  /// ```java
  /// Tensor.of(1, 2, 3).indexPut(Tensor.of(10, 20), true, Tensor.of(0, 0));   // [31  2  3]
  /// ```
  /// @param values of this tensor's type; they broadcast to what the indices name
  /// @param indices for the first axes positions that broadcast, or masks of bool
  /// @throws IllegalArgumentException if there are none or too many, the types differ, or the shapes do not fit
  default Tensor indexPut(Tensor values, boolean accumulate, Tensor... indices) {
    if (indices.length == 0 || values.dtype() != self().dtype()) {
      throw new IllegalArgumentException(
          "indexPut: " + values.dtype() + " at " + indices.length + " indices of " + self().dtype() + "; there must be an index, and one type");
    }
    if (!accumulate) {
      return self().at(Arrays.stream(indices).map(Slice::at).toArray(Slice[]::new)).with(values);
    }
    Tensor[] positions = Arrays.stream(indices)
        .flatMap(index -> index.dtype() == DType.BOOL ? index.nonzero().unbind(1).stream() : Stream.of(index)).toArray(Tensor[]::new);
    if (self().rank() < positions.length) {
      throw new IllegalArgumentException("indexPut: " + positions.length + " indices for " + self().shape());
    }
    return Positions.putAdded(self(), values, positions);
  }

  private Selection selected(String name, int axis, Tensor index) {
    Tensor x = Positions.atLeastVector(self());
    Slice[] slices = new Slice[x.shape().axis(axis) + 1];
    Arrays.fill(slices, Slice.ALL);
    slices[slices.length - 1] = Slice.at(Positions.vector(name, index));
    return x.at(slices);
  }

  /// This tensor with the first elements of `source`, in row-major order, wherever the mask is true: `torch.masked_scatter`.
  /// ```java
  /// Tensor.of(1, 2, 3).maskedScatter(Tensor.of(true, false, true), Tensor.of(8, 9));   // [8 2 9]
  /// ```
  /// @param mask broadcasts to this shape
  /// @param source of this tensor's type, with as many elements as the mask has true ones; what is missing is 0
  /// @throws IllegalArgumentException if the mask is not bool, the source of another type, or the mask does not broadcast with this tensor
  default Tensor maskedScatter(Tensor mask, Tensor source) {
    if (mask.dtype() != DType.BOOL || source.dtype() != self().dtype()) {
      throw new IllegalArgumentException(
          "maskedScatter: takes a mask of bool and a source of " + self().dtype() + ", not " + mask.dtype() + " and " + source.dtype());
    }
    Shape shape = Broadcasting.shape("maskedScatter", self().shape(), mask.shape());
    Tensor x = self().broadcastTo(shape);
    Tensor chosen = mask.broadcastTo(shape);
    Tensor place = chosen.flatten().cumsum(0).sub(1);
    Tensor values = Tensor.applyWith(OpCode.GATHER, 0, source.flatten(), place);
    return chosen.where(values.reshape(shape), x);
  }
}
