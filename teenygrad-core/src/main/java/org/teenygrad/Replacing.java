package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;
import org.teenygrad.ir.OpCode;

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
    return selected(axis, index).with(value);
  }

  /// This tensor with `source`'s parts at positions along an axis: `torch.index_copy`.
  /// ```java
  /// Tensor.of(1, 2, 3).indexCopy(0, Tensor.of(2L, 0L), Tensor.of(8, 9));   // [9 2 8]
  /// ```
  /// @param index a vector; of equal positions the last wins
  /// @param source as this tensor, but as long as the index on `axis`
  /// @throws IllegalArgumentException if the source has another shape
  default Tensor indexCopy(int axis, Tensor index, Tensor source) {
    if (self().rank() > 0 && !source.shape().equals(self().shape().with(axis, (int) index.numel()))) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "indexCopy: source %s does not fit %d positions on axis %d of %s",
              source.shape(), index.numel(), axis, self().shape()));
    }
    return selected(axis, index).with(source);
  }

  private Selection selected(int axis, Tensor index) {
    if (index.rank() != 1) {
      throw new IllegalArgumentException("index: the index is a vector, not " + index.shape());
    }
    Slice[] slices = new Slice[self().shape().axis(axis) + 1];
    Arrays.fill(slices, Slice.ALL);
    slices[slices.length - 1] = Slice.at(index);
    return self().at(slices);
  }

  /// This tensor with the first elements of `source`, in row-major order, wherever the mask is true: `torch.masked_scatter`.
  /// ```java
  /// Tensor.of(1, 2, 3).maskedScatter(Tensor.of(true, false, true), Tensor.of(8, 9));   // [8 2 9]
  /// ```
  /// @param mask broadcasts to this shape
  /// @param source of this tensor's type, with as many elements as the mask has true ones; what is missing is 0
  default Tensor maskedScatter(Tensor mask, Tensor source) {
    Tensor x = self();
    Tensor chosen = mask.cast(DType.BOOL).broadcastTo(x.shape());
    Tensor place = chosen.flatten().cumsum(0).sub(1);
    Tensor values = Tensor.applyWith(OpCode.GATHER, 0, source.flatten().cast(x.dtype()), place);
    return chosen.where(values.reshape(x.shape()), x);
  }
}
