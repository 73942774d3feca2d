package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Several tensors to one, inherited by [Tensor] as static methods.
abstract sealed class Joining extends Creation permits Tensor {

  /// Tensors one after the other along the first axis. All other axes must agree; types promote. PyTorch's `cat`.
  /// ```java
  /// Tensor.cat(Tensor.of(1, 2), Tensor.of(3, 4));   // [1 2 3 4]
  /// ```
  public static Tensor cat(Tensor... tensors) {
    return cat(List.of(tensors), 0);
  }

  /// Tensors one after the other along any axis.
  /// ```java
  /// Tensor.cat(List.of(Tensor.ones(2, 3), Tensor.zeros(2, 1)), 1).shape();   // (2, 4)
  /// ```
  /// @throws IllegalArgumentException if there are none, or their shapes differ elsewhere
  public static Tensor cat(List<Tensor> tensors, int axis) {
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException("cat: no tensors");
    }
    Shape first = tensors.getFirst().shape();
    int at = first.axis(axis);
    DType type = tensors.getFirst().dtype();
    for (Tensor tensor : tensors) {
      type = DType.promote(type, tensor.dtype());
      if (tensor.rank() != first.rank() || !tensor.shape().with(at, 0).equals(first.with(at, 0))) {
        throw new IllegalArgumentException(
            "cat: shapes " + first + " and " + tensor.shape() + " differ elsewhere than on axis " + at);
      }
    }
    DType common = type;
    // Neighbours are joined two by two: a chain as deep as the list is long would take its length squared to compute.
    List<Tensor> parts = tensors.stream().map(tensor -> tensor.cast(common)).toList();
    while (parts.size() > 1) {
      List<Tensor> level = parts;
      parts = IntStream.range(0, (level.size() + 1) / 2)
          .map(i -> 2 * i)
          .mapToObj(i -> i + 1 < level.size() ? joined(level.get(i), level.get(i + 1), at) : level.get(i))
          .toList();
    }
    return parts.getFirst();
  }

  /// A choice between both padded to the whole: exact for every value, -0.0 and NaN included.
  private static Tensor joined(Tensor left, Tensor right, int axis) {
    int before = left.size(axis);
    int after = right.size(axis);
    if (before == 0 || after == 0) {
      return before == 0 ? right : left;
    }
    Tensor isLeft = left.onesLike(DType.BOOL).padAxis(axis, 0, after);
    return isLeft.where(left.padAxis(axis, 0, after), right.padAxis(axis, before, 0));
  }

  /// Tensors of one shape side by side along a new first axis. PyTorch's `stack`.
  /// ```java
  /// Tensor.stack(Tensor.of(1, 2), Tensor.of(3, 4));   // [[1 2]
  ///                                                   //  [3 4]]
  /// ```
  public static Tensor stack(Tensor... tensors) {
    return stack(List.of(tensors), 0);
  }

  /// Tensors of one shape side by side along a new axis.
  /// ```java
  /// Tensor.stack(List.of(Tensor.ones(2, 3), Tensor.zeros(2, 3)), 1).shape();   // (2, 2, 3)
  /// ```
  /// @throws IllegalArgumentException if there are none, or their shapes differ
  public static Tensor stack(List<Tensor> tensors, int axis) {
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException("stack: no tensors");
    }
    Shape first = tensors.getFirst().shape();
    for (Tensor tensor : tensors) {
      if (!tensor.shape().equals(first)) {
        throw new IllegalArgumentException("stack: shapes " + first + " and " + tensor.shape() + " differ");
      }
    }
    int at = axis < 0 ? axis + first.rank() + 1 : axis;
    return cat(tensors.stream().map(tensor -> tensor.unsqueeze(at)).toList(), at);
  }

  /// Tensors side by side: along axis 1, vectors along axis 0. PyTorch's `hstack`.
  /// ```java
  /// Tensor.hstack(Tensor.of(1, 2), Tensor.of(3));   // [1 2 3]
  /// ```
  public static Tensor hstack(Tensor... tensors) {
    List<Tensor> all = Arrays.stream(tensors).map(x -> x.rank() == 0 ? x.unsqueeze(0) : x).toList();
    return cat(all, all.isEmpty() || all.getFirst().rank() == 1 ? 0 : 1);
  }

  /// Tensors one over the other, vectors as rows. PyTorch's `vstack`.
  /// ```java
  /// Tensor.vstack(Tensor.of(1, 2), Tensor.of(3, 4));   // [[1 2]
  ///                                                    //  [3 4]]
  /// ```
  public static Tensor vstack(Tensor... tensors) {
    return cat(Arrays.stream(tensors).map(x -> x.rank() < 2 ? x.reshape(1, -1) : x).toList(), 0);
  }

  /// A matrix with others along its diagonal and zeros elsewhere; vectors are rows. PyTorch's `block_diag`.
  /// ```java
  /// Tensor.blockDiag(Tensor.of(1, 2), Tensor.of(3));   // [[1 2 0]
  ///                                                    //  [0 0 3]]
  /// ```
  /// @throws IllegalArgumentException if one has more than two axes
  public static Tensor blockDiag(Tensor... tensors) {
    List<Tensor> blocks = Arrays.stream(tensors).map(x -> x.rank() < 2 ? x.reshape(1, -1) : x).toList();
    if (blocks.isEmpty() || blocks.stream().anyMatch(x -> x.rank() > 2)) {
      throw new IllegalArgumentException("blockDiag: takes matrices, not " + blocks.stream().map(Tensor::shape).toList());
    }
    int columns = blocks.stream().mapToInt(x -> x.size(1)).sum();
    List<Tensor> rows = new ArrayList<>();
    int before = 0;
    for (Tensor block : blocks) {
      rows.add(block.padAxis(1, before, columns - before - block.size(1)));
      before += block.size(1);
    }
    return cat(rows, 0);
  }

  /// Every choice of one element of each vector, one a row, the last changing first. PyTorch's `cartesian_prod`.
  /// ```java
  /// Tensor.cartesianProd(Tensor.of(1, 2), Tensor.of(3, 4));   // [[1 3]
  ///                                                           //  [1 4]
  ///                                                           //  [2 3]
  ///                                                           //  [2 4]]
  /// ```
  /// @return (product of the sizes, vectors); of one vector itself
  public static Tensor cartesianProd(Tensor... vectors) {
    return vectors.length == 1 ? vectors[0].alias() : stack(meshgrid("ij", vectors).stream().map(Tensor::flatten).toList(), 1);
  }

  /// Sums of products as an equation says: `torch.einsum`, in its full syntax.
  ///
  /// Each operand names its axes by letters, `...` standing for any number of leading or other axes; axes of one name must agree in
  /// size or be 1; a name twice in one operand takes the diagonal. Names that are not in the output are summed over. Without
  /// `->` the output has the names that occur once, in alphabetical order. Operands are contracted in pairs, those with the
  /// smallest result first.
  /// ```java
  /// Tensor.einsum("ij,jk->ik", x, y);   // the matrix product
  /// Tensor.einsum("ii", x);             // the trace
  /// ```
  /// @throws IllegalArgumentException if the equation is malformed or does not fit the operands
  public static Tensor einsum(String equation, Tensor... operands) {
    return Einsum.evaluate(equation, operands);
  }

  /// The product of several matrices, in the order that takes the fewest multiplications: `torch.linalg.multi_dot`. The first and
  /// the last may be vectors.
  /// ```java
  /// Tensor.multiDot(Tensor.ones(2, 30), Tensor.ones(30, 3), Tensor.ones(3)).shape();   // (2,)
  /// ```
  /// @throws IllegalArgumentException if there are not two at least, or the shapes do not fit
  public static Tensor multiDot(Tensor... matrices) {
    return ProductOrder.multiply(matrices);
  }

  /// Elements of `yes` where the condition is true, of `no` elsewhere: [Tensor#where(Tensor, Tensor)].
  /// ```java
  /// Tensor.where(Tensor.of(true, false), Tensor.of(1, 2), Tensor.of(3, 4));   // [1 4]
  /// ```
  public static Tensor where(Tensor condition, Tensor yes, Tensor no) {
    return condition.where(yes, no);
  }

  /// The coordinates of a grid, one tensor for each vector: `torch.meshgrid`.
  /// ```java
  /// Tensor.meshgrid("ij", Tensor.of(1, 2), Tensor.of(3, 4, 5));   // two tensors (2, 3)
  /// ```
  /// @param indexing `ij`: axis i belongs to vector i; `xy`: the first two axes are exchanged
  /// @throws IllegalArgumentException if the indexing is neither, or a tensor has more than one axis
  public static List<Tensor> meshgrid(String indexing, Tensor... vectors) {
    boolean exchanged = indexing.equals("xy") && vectors.length > 1;
    if (!indexing.equals("ij") && !indexing.equals("xy")) {
      throw new IllegalArgumentException("meshgrid: indexing is ij or xy, not " + indexing);
    }
    int[] sizes = new int[vectors.length];
    for (int i = 0; i < sizes.length; i++) {
      if (vectors[i].rank() > 1) {
        throw new IllegalArgumentException("meshgrid: takes vectors, not shape " + vectors[i].shape());
      }
      sizes[i] = (int) vectors[i].numel();
    }
    return IntStream.range(0, sizes.length)
        .mapToObj(i -> {
          int[] own = IntStream.range(0, sizes.length).map(axis -> axis == i ? sizes[i] : 1).toArray();
          Tensor grid = vectors[i].reshape(own).broadcastTo(Shape.of(sizes));
          return exchanged ? grid.transpose(0, 1) : grid;
        })
        .toList();
  }
}
