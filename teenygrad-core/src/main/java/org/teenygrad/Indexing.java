package org.teenygrad;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;

/// Reading and writing at computed positions: gather, indexing by tensors, scatter; sorting, running sums, sampling.
///
/// Positions are integers of any type. They are values, so they are not checked before they are computed: what is read outside of an
/// axis is 0, and what is written there is dropped. With `TEENYGRAD_CHECK=index`, and always on the interpreter, such a position is
/// refused by an [IndexOutOfBoundsException] that names the method, the position and the axis.
sealed interface Indexing permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `result[i][j][k] = x[i][index[i][j][k]][k]` for axis 1: `torch.gather`.
  ///
  /// ```java
  /// Tensor.of(new int[][] {{1, 2}, {3, 4}}).gather(1, Tensor.of(new long[][] {{1}, {0}}));   // [[2]
  ///                                                                                          //  [3]]
  /// ```
  /// @param index of this tensor's rank; on other axes than `axis` not longer than this tensor
  /// @return of the index' shape
  /// @throws IllegalArgumentException if the index does not fit
  default Tensor gather(int axis, Tensor index) {
    if (self().rank() == 0 || index.rank() == 0) {
      return Positions.atLeastVector(self()).gather(axis, Positions.atLeastVector(index)).reshape(index.shape());
    }
    int along = self().shape().axis(axis);
    IndexCheck.positions("gather", self(), along, index);
    return Positions.gather(self(), along, index);
  }

  /// As [#gather], but all other axes broadcast, and negative positions count from the end: `torch.take_along_dim`.
  /// ```java
  /// var order = Tensor.of(2L, 0L, 1L);
  /// Tensor.of(5, 6, 7).takeAlongDim(order, 0);   // [7 5 6]
  /// ```
  /// @throws IllegalArgumentException if the other axes do not broadcast
  default Tensor takeAlongDim(Tensor index, int axis) {
    int along = self().shape().axis(axis);
    Shape other = Broadcasting.shape("takeAlongDim", self().shape().with(along, 1), index.shape().with(along, 1));
    Tensor x = self().broadcastTo(other.with(along, self().size(along)));
    Tensor positions = index.broadcastTo(other.with(along, index.size(along)));
    IndexCheck.signedPositions("takeAlongDim", x, along, positions);
    return Positions.gather(x, along, Positions.wrapped(positions, self().size(along)));
  }

  /// The parts of this tensor at positions along an axis: `torch.index_select`. Negative positions count from the end.
  /// ```java
  /// x.indexSelect(1, Tensor.arange(2));   // columns 0 and 1
  /// ```
  /// @param index a vector
  /// @throws IllegalArgumentException if the index is not a vector of integers
  default Tensor indexSelect(int axis, Tensor index) {
    Tensor places = Positions.vector("indexSelect", index);
    if (self().rank() == 0) {
      Positions.requireOne("indexSelect", places);
      return self().unsqueeze(0).indexSelect(axis, places).squeeze(0);
    }
    @Nullable Tensor[] indices = new @Nullable Tensor[self().shape().axis(axis) + 1];
    indices[indices.length - 1] = places;
    return index(indices);
  }

  /// What integer tensors point at, as `x[i, j]` in Python: axis 0 is indexed by the first tensor, axis 1 by the second...
  ///
  /// The indices broadcast to one shape, which stands in the result where the indexed axes were; in front, if axes
  /// between them are whole. Negative positions count from the end. With one index this looks up rows:
  /// ```java
  /// table.index(labels);      // a row for each of the labels
  /// x.index(null, labels);    // x[:, labels]
  /// ```
  /// @param indices integer tensors; null for a whole axis
  /// @throws IllegalArgumentException if there are more indices than axes, or they do not broadcast
  default Tensor index(@Nullable Tensor... indices) {
    return Positions.index(self(), indices);
  }

  /// The elements at positions of this tensor in row-major order, in the index' shape: `torch.take`.
  /// ```java
  /// Tensor.of(new int[][] {{1, 2}, {3, 4}}).take(Tensor.of(3L, 0L));   // [4 1]
  /// ```
  default Tensor take(Tensor index) {
    return self().reshape(-1).index(index);
  }

  /// The rows of this table (rows, dim) with these numbers: `torch.nn.functional.embedding`. Like [#index], but
  /// negative numbers give zeros.
  /// ```java
  /// table.embedding(Tensor.of(new long[][] {{1, 2, 3}, {4, 5, 6}})).shape();   // (2, 3, 4)
  /// ```
  /// @param ids of any shape
  /// @return (ids' shape, dim)
  /// @throws IllegalArgumentException if this is no matrix, or the ids are no integers
  default Tensor embedding(Tensor ids) {
    if (self().rank() != 2) {
      throw new IllegalArgumentException("embedding: the table is (rows, dim), not " + self().shape());
    }
    if (!ids.dtype().isInteger()) {
      throw new IllegalArgumentException("embedding: ids are integers, not " + ids.dtype() + "; cast them, as with ids.toLong()");
    }
    IndexCheck.positions("embedding", self(), 0, ids);
    return Positions.rows(self(), ids);
  }

  /// For each class its row of zeros with one 1: `torch.nn.functional.one_hot`, int64.
  /// ```java
  /// Tensor.of(1L, 0L).oneHot(3);   // [[0 1 0]
  ///                                //  [1 0 0]]
  /// ```
  /// @return (this shape, classes)
  /// @throws IllegalArgumentException if the classes are no integers
  /// @throws IndexOutOfBoundsException if the classes are checked and one is not in `0 .. classes - 1`
  default Tensor oneHot(int classes) {
    if (!self().dtype().isInteger()) {
      throw new IllegalArgumentException("oneHot: classes are integers, not " + self().dtype());
    }
    IndexCheck.classes("oneHot", self(), self().onesLike(DType.BOOL), classes);
    return self().unsqueeze(-1).eq(Tensor.arange(classes)).cast(DType.INT64);
  }

  /// This tensor with `value` wherever the mask is true: `torch.Tensor.masked_fill`.
  /// ```java
  /// Tensor.of(1f, Float.NaN).maskedFill(Tensor.of(false, true), 0);   // [1. 0.]
  /// ```
  /// @param mask bool; both broadcast
  default Tensor maskedFill(Tensor mask, Number value) {
    return mask.where(Operations.constant(self().dtype(), value), self());
  }

  /// This tensor with `result[i][index[i][j][k]][k] = source[i][j][k]` for axis 1; of several writes to one place the last
  /// wins: `torch.scatter`.
  ///
  /// ```java
  /// Tensor.of(0, 0, 0).scatter(0, Tensor.of(2L, 0L), Tensor.of(5, 6));   // [6 0 5]
  /// ```
  /// @param index of this tensor's rank; on other axes than `axis` not longer than this tensor
  /// @param source of the index' shape
  /// @throws IllegalArgumentException if the index is not of integers, or longer than this tensor or the source elsewhere than on the axis
  default Tensor scatter(int axis, Tensor index, Tensor source) {
    IndexCheck.positions("scatter", self(), axis, index);
    return Positions.scatter(self(), axis, index, source, null);
  }

  /// As [#scatter], adding to what is there: `torch.scatter_add`.
  /// ```java
  /// Tensor.of(1, 1, 1).scatterAdd(0, Tensor.of(2L, 2L), Tensor.of(5, 6));   // [ 1  1 12]
  /// ```
  /// @throws IllegalArgumentException if the index is not of integers, or longer than this tensor or the source elsewhere than on the axis
  default Tensor scatterAdd(int axis, Tensor index, Tensor source) {
    IndexCheck.positions("scatterAdd", self(), axis, index);
    return Positions.scatter(self(), axis, index, source, OpCode.ADD);
  }

  /// As [#scatter], combining what is written to one place: `torch.scatter_reduce`.
  /// ```java
  /// Tensor.of(1, 1).scatterReduce(0, Tensor.of(0L, 0L), Tensor.of(5, 3), ScatterReduction.MAX, true);   // [5 1]
  /// ```
  /// @param includeSelf whether what this tensor holds at such a place is combined, too
  /// @throws IllegalArgumentException if the index is not of integers, or longer than this tensor or the source elsewhere than on the axis
  default Tensor scatterReduce(int axis, Tensor index, Tensor source, ScatterReduction reduction, boolean includeSelf) {
    IndexCheck.positions("scatterReduce", self(), axis, index);
    return reduction.of(self(), axis, index, source, includeSelf);
  }

  /// This tensor with `source`'s parts added to the parts at positions along an axis: `torch.index_add`.
  /// ```java
  /// Tensor.of(1, 1, 1).indexAdd(0, Tensor.of(2L, 2L), Tensor.of(5, 6));   // [ 1  1 12]
  /// ```
  /// @param index a vector
  /// @param source as this tensor, but as long as the index on `axis`
  /// @throws IllegalArgumentException if the index is no vector of integers, or the source has not one part for each position
  default Tensor indexAdd(int axis, Tensor index, Tensor source) {
    Tensor places = Positions.vector("indexAdd", index);
    if (self().rank() == 0) {
      Positions.requireOne("indexAdd", places);
      return self().unsqueeze(0).indexAdd(axis, places, source.unsqueeze(0)).squeeze(0);
    }
    int along = self().shape().axis(axis);
    Positions.requireParts("indexAdd", self(), along, places, source);
    int[] shape = IntStream.range(0, self().rank()).map(i -> i == along ? -1 : 1).toArray();
    return self().scatterAdd(along, places.reshape(shape).broadcastTo(source.shape()), source);
  }

  /// The running sum along an axis: `torch.cumsum`. Integers and bools are summed as int64.
  ///
  /// Long axes are summed in blocks at the same time, which are read twice.
  /// ```java
  /// Tensor.of(1, 2, 3).cumsum(0);   // [1 3 6]
  /// ```
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor cumsum(int axis) {
    return Scan.of(OpCode.ADD, self(), axis);
  }

  /// The running product along an axis: `torch.cumprod`.
  /// ```java
  /// Tensor.of(1, 2, 3).cumprod(0);   // [1 2 6]
  /// ```
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor cumprod(int axis) {
    return Scan.of(OpCode.MUL, self(), axis);
  }

  /// The running maximum along an axis: the values of `torch.cummax`. The last element that reached it gets the gradient.
  /// ```java
  /// Tensor.of(1, 3, 2).cummax(0);   // [1 3 3]
  /// ```
  default Tensor cummax(int axis) {
    return cummaxWithIndices(axis).values();
  }

  /// The running maximum along an axis, and the position of the last element that reached it: `torch.cummax`.
  /// ```java
  /// Tensor.of(1, 3, 2).cummaxWithIndices(0).indices();   // [0 1 1]
  /// ```
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Sorted cummaxWithIndices(int axis) {
    return Scan.extremes(OpCode.MAX, self(), axis);
  }

  /// The running minimum along an axis: the values of `torch.cummin`. The last element that reached it gets the gradient.
  /// ```java
  /// Tensor.of(3, 1, 2).cummin(0);   // [3 1 1]
  /// ```
  default Tensor cummin(int axis) {
    return cumminWithIndices(axis).values();
  }

  /// The running minimum along an axis, and the position of the last element that reached it: `torch.cummin`.
  /// ```java
  /// Tensor.of(3, 1, 1).cumminWithIndices(0).indices();   // [0 1 2]
  /// ```
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Sorted cumminWithIndices(int axis) {
    return Scan.extremes(OpCode.MIN, self(), axis);
  }

  /// The logarithm of the running sum of exponentials along an axis, without overflow: `torch.logcumsumexp`.
  ///
  /// Every element is compared with all before it: meant for axes up to some thousands.
  /// ```java
  /// Tensor.of(5f, Float.NEGATIVE_INFINITY).logcumsumexp(0);   // [5. 5.]
  /// ```
  default Tensor logcumsumexp(int axis) {
    Tensor x = Operations.toFloating(self());
    if (x.rank() == 0) {
      return x.unsqueeze(0).logcumsumexp(axis).squeeze(0);
    }
    int along = x.shape().axis(axis);
    Tensor rows = x.transpose(along, -1).unsqueeze(-2);
    Tensor places = Tensor.arange(x.size(along), DType.INT32);
    Tensor past = places.le(places.unsqueeze(1)).where(rows, Double.NEGATIVE_INFINITY);
    return past.logsumexp(-1).transpose(along, -1);
  }

  /// The elements along an axis in ascending or descending order, and where they were: `torch.sort(stable=True)`.
  ///
  /// NaN counts as larger than every number; equal elements, and -0.0 and 0.0, stay in the order in which they were. Rows of up
  /// to 4096 elements are one kernel, of 64-bit types two; longer ones are merged by a network of comparisons.
  /// ```java
  /// Tensor.of(3f, 1f, 2f).sort(0, false).indices();   // [1 2 0]
  /// ```
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Sorted sort(int axis, boolean descending) {
    return Sorted.of(self(), axis, descending, self().rank() == 0 ? 1 : self().size(axis));
  }

  /// Where the elements along an axis are in ascending or descending order: the indices of [#sort]. `torch.argsort(stable=True)`.
  /// ```java
  /// Tensor.of(3, 1, 2).argsort(0, true);   // [0 2 1]
  /// ```
  default Tensor argsort(int axis, boolean descending) {
    return sort(axis, descending).indices();
  }

  /// The `k` largest elements along an axis, the largest first, and where they were: `torch.topk`.
  ///
  /// Of equal elements those with lower positions come first. Nothing is sorted as a whole:
  /// parts of the axis give their first k.
  /// ```java
  /// Tensor.of(3, 1, 2).topk(2, 0).indices();   // [0 2]
  /// ```
  /// @throws IllegalArgumentException if k is more than the axis has
  default Sorted topk(int k, int axis) {
    return Sorted.of(self(), axis, true, k);
  }

  /// The `k` largest or smallest elements along an axis, the most extreme first: `torch.topk(largest=...)`.
  /// @throws IllegalArgumentException if k is more than the axis has
  default Sorted topk(int k, int axis, boolean largest) {
    return Sorted.of(self(), axis, largest, k);
  }

  /// The k-th smallest element along an axis, which disappears, counted from 1, and where it is: `torch.kthvalue`.
  /// ```java
  /// Tensor.of(3f, 1f, 2f).kthvalue(2, 0).values();   // 2.0
  /// ```
  /// @throws IllegalArgumentException if there is no such element
  default Sorted kthvalue(int k, int axis) {
    int size = self().rank() == 0 ? 1 : self().size(axis);
    if (k < 1 || k > size) {
      throw new IllegalArgumentException("kthvalue: number " + k + " of " + size + " elements");
    }
    Sorted first = topk(k, axis, false);
    return self().rank() == 0
        ? first
        : new Sorted(first.values().select(axis, k - 1), first.indices().select(axis, k - 1));
  }

  /// The middle element along an axis, which disappears; of two the lower; NaN if there is one: the values of `torch.median`.
  /// ```java
  /// Tensor.of(3f, 1f, 2f, 9f).median(0);   // 2.0
  /// ```
  /// @throws IllegalArgumentException if the axis has no elements
  default Tensor median(int axis) {
    Tensor x = self();
    int size = x.rank() == 0 ? 1 : x.size(axis);
    Tensor middle = kthvalue(Math.max(1, (size + 1) / 2), axis).values();
    return x.dtype().isFloating() ? x.isNan().any(axis).where(Double.NaN, middle) : middle;
  }

  /// Draws positions on the last axis with these probabilities, which need not sum to 1: `torch.multinomial`.
  ///
  /// ```java
  /// x.softmax(-1).multinomial(3, true);   // three classes for each row, by its probabilities
  /// ```
  /// @param replacement whether a position may be drawn more than once
  /// @return int64 (..., numSamples)
  /// @throws IllegalArgumentException if more are asked for than there are, without replacement
  default Tensor multinomial(int numSamples, boolean replacement) {
    return RandomState.shared().multinomial(self(), numSamples, replacement);
  }

  /// [#multinomial(int, boolean)] without replacement: no position is drawn twice.
  /// ```java
  /// x.softmax(-1).multinomial(1);   // a class for each row, by its probabilities
  /// ```
  default Tensor multinomial(int numSamples) {
    return multinomial(numSamples, false);
  }

  /// Zeroes each element with probability `p` and multiplies the others with 1 / (1 - p); the same values if not
  /// `training`: `torch.nn.functional.dropout`.
  /// ```java
  /// Tensor.ones(3).dropout(0.5, false);   // [1. 1. 1.]
  /// ```
  /// @throws IllegalArgumentException if p is not in 0..1
  default Tensor dropout(double p, boolean training) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("dropout: the probability must be in 0..1, not " + p);
    }
    if (!training || p == 0) {
      return self().alias();
    }
    Tensor kept = RandomState.shared().rand(self().shape(), self().device()).ge(p);
    return kept.where(self().mul(p == 1 ? 0 : 1 / (1 - p)), 0);
  }
}
