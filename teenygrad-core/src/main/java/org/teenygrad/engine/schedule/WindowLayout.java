package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.runtime.Target;

/// Convolution as implicit GEMM on tensor cores: gives factors a layout in which 16 bytes that are multiplied together lie together.
///
/// In a window neighbours along the image are read at every offset, in a small image rows end where they like; channels lie apart, but always whole. So a
/// factor's image is copied with its channels innermost (NCHW to NHWC), the other factor, too, and the sum runs over channels last. Windows stay a view.
///
/// @see <a href="https://docs.nvidia.com/deeplearning/performance/dl-performance-convolutional/index.html">NVIDIA, convolutional layers: tensor layouts</a>
final class WindowLayout {
  /// Of 16-bit numbers 16 bytes, which threads copy to shared memory at once.
  private static final int CHUNK = 8;

  /// Uses of a number for which a copy pays.
  private static final int REUSE = 32;

  private WindowLayout() {}

  static List<OpNode> apply(List<OpNode> roots, Target target) {
    if (!(target instanceof Target.Gpu gpu) || !gpu.rung().hasMatrixUnit()) {
      return roots;
    }
    var changed = Graph.map(roots, node -> SumOfProducts.of(node).filter(SumOfProducts::isOfHalves).flatMap(WindowLayout::laidOut).orElse(node));
    return roots.stream().map(changed::get).toList();
  }

  /// What a factor shows: a tensor of 16-bit numbers below views, and where each of its axes is looked at, in terms of the product's axes.
  ///
  /// @param views between the factor and the tensor, from the factor down
  private record Shown(OpNode tensor, List<OpNode> index, List<OpNode> views, IndexAlgebra algebra) {
    /// As far down as each axis is looked at by sums of the product's.
    static Shown of(OpNode factor) {
      IndexAlgebra algebra = new IndexAlgebra();
      List<OpNode> index = IntStream.range(0, factor.shape().rank()).mapToObj(axis -> IndexAlgebra.range(axis, factor.shape().size(axis))).toList();
      List<OpNode> views = new ArrayList<>();
      OpNode at = narrow(factor);
      Shown deepest = new Shown(at, index, List.of(), algebra);
      while (at.op().isMovement()) {
        index = Views.inputIndex(algebra, at, index);
        views.add(at);
        at = at.input(0);
        if (index.stream().allMatch(one -> algebra.sum(one).factors().keySet().stream().allMatch(term -> term.is(OpCode.RANGE)))) {
          deepest = new Shown(at, index, List.copyOf(views), algebra);
        }
      }
      return deepest;
    }

    /// The views of a factor over what its numbers were before they were widened.
    private static OpNode narrow(OpNode factor) {
      List<OpNode> above = new ArrayList<>();
      OpNode at = factor;
      while (!at.is(OpCode.CAST)) {
        above.add(at);
        at = at.input(0);
      }
      return over(at.input(0), above);
    }

    /// @param views from above down, without those that do nothing to values
    private static OpNode over(OpNode tensor, List<OpNode> views) {
      OpNode shown = tensor;
      for (OpNode view : views.reversed()) {
        shown = view.op().isMovement() ? OpNode.of(view.op(), view.payload(), List.of(shown)) : shown;
      }
      return shown;
    }

    boolean isWindowed() {
      return index.stream().anyMatch(this::isWindow);
    }

    /// Whether several loops come by the same elements of an axis.
    private boolean isWindow(OpNode at) {
      long span = 1;
      Comparator<Map.Entry<OpNode, Long>> byStep = Comparator.comparingLong(term -> Math.abs(term.getValue()));
      for (Map.Entry<OpNode, Long> term : algebra.sum(at).factors().entrySet().stream().sorted(byStep).toList()) {
        long step = Math.abs(term.getValue());
        if (step < span) {
          return true;
        }
        span += step * (term.getKey().payload(Range.class).size() - 1);
      }
      return false;
    }

    /// Whether loops that become one, all summed or none, go through whole chunks of neighbours, and begin where chunks do.
    boolean isContiguous(List<Integer> summed) {
      IndexAlgebra.Sum sum = algebra.sum(Group.offset(algebra, tensor.shape(), index));
      List<Map.Entry<OpNode, Long>> bySteps = sum.factors().entrySet().stream().sorted(Map.Entry.comparingByValue()).toList();
      long run = 1;
      boolean sums = !bySteps.isEmpty() && isSummed(bySteps.getFirst().getKey(), summed);
      for (Map.Entry<OpNode, Long> term : bySteps) {
        if (run % CHUNK != 0 && term.getValue() == run && isSummed(term.getKey(), summed) == sums) {
          run *= term.getKey().payload(Range.class).size();
        } else if (term.getValue() % CHUNK != 0) {
          return false;
        }
      }
      return run % CHUNK == 0 && sum.constant() % CHUNK == 0;
    }

    private static boolean isSummed(OpNode range, List<Integer> summed) {
      return summed.contains(range.payload(Range.class).id());
    }

    private boolean isWhole(int axis) {
      OpNode at = index.get(axis);
      return at.is(OpCode.RANGE) && at.payload(Range.class).size() == tensor.shape().size(axis);
    }

    /// The innermost axis that no window runs over and of which whole chunks are read, by its number, or -1.
    int channels() {
      return IntStream.range(0, index.size()).filter(axis -> isWhole(axis) && tensor.shape().size(axis) % CHUNK == 0).reduce((first, second) -> second).orElse(-1);
    }

    /// The axis that a product's axis runs along; if none does, one that is not summed and of which whole chunks are read, or -1.
    int along(OpNode range, List<Integer> summed) {
      int axis = index.indexOf(range);
      return axis >= 0 ? axis : IntStream.range(0, index.size())
          .filter(i -> index.get(i).is(OpCode.RANGE) && !isSummed(index.get(i), summed) && tensor.shape().size(i) % CHUNK == 0)
          .reduce((first, second) -> second).orElse(-1);
    }

    /// The factor, of a copy with an axis innermost.
    /// @param axis -1 if any may be
    OpNode laidOut(int axis, DType dtype) {
      OpNode shown = tensor;
      if (axis >= 0 && axis != tensor.shape().rank() - 1) {
        List<Integer> order = innermost(tensor.shape().rank(), axis);
        OpNode copy = OpNode.of(OpCode.CONTIGUOUS, OpNode.of(OpCode.PERMUTE, order, List.of(tensor)));
        shown = OpNode.of(OpCode.PERMUTE, inverse(order), List.of(copy));
      }
      return OpNode.create(OpCode.CAST, dtype, List.of(over(shown, views)), null);
    }
  }

  private static Optional<OpNode> laidOut(SumOfProducts sum) {
    OpNode product = sum.product();
    if (product != sum.sum().input(0)) {
      return Optional.empty();
    }
    Shown left = Shown.of(sum.left());
    Shown right = Shown.of(sum.right());
    List<Integer> summed = sum.sum().payload(Reduction.class).axes();
    Shown scattered = Stream.of(left, right).filter(shown -> shown.isWindowed() || !shown.isContiguous(summed) && shown.channels() >= 0 && isReusedOften(sum, shown))
        .max(Comparator.comparing(Shown::isWindowed).thenComparingLong(shown -> shown.tensor.shape().elements())).orElse(null);
    if (scattered == null || scattered.channels() < 0) {
      return Optional.empty();
    }
    OpNode range = scattered.index.get(scattered.channels());
    List<Integer> order = innermost(product.shape().rank(), range.payload(Range.class).id());
    List<OpNode> factors = Stream.of(left, right)
        .map(shown -> shown.laidOut(shown == scattered || shown.isWindowed() ? shown.channels() : shown.along(range, summed), product.dtype()))
        .map(factor -> permuted(factor, order)).toList();
    List<Integer> axes = summed.stream().map(order::indexOf).sorted().toList();
    OpNode turned = OpNode.of(OpCode.REDUCE, new Reduction(OpCode.ADD, axes), List.of(OpNode.of(OpCode.MUL, null, factors)));
    // The gradient of weights is made with its channels innermost, as tiles of windows have them, and then copied to where it belongs.
    boolean tiled = scattered.isWindowed() && !Shown.isSummed(range, summed);
    return Optional.of(permuted(tiled ? OpNode.of(OpCode.CONTIGUOUS, turned) : turned, inverse(order)));
  }

  /// Whether a factor's numbers are used so often that a copy of them costs little.
  private static boolean isReusedOften(SumOfProducts sum, Shown shown) {
    return sum.product().shape().elements() / shown.tensor.shape().elements() >= REUSE;
  }

  private static OpNode permuted(OpNode node, List<Integer> order) {
    return OpNode.of(OpCode.PERMUTE, order, List.of(node));
  }

  private static List<Integer> innermost(int rank, int axis) {
    return Stream.concat(IntStream.range(0, rank).boxed().filter(other -> other != axis), Stream.of(axis)).toList();
  }

  private static List<Integer> inverse(List<Integer> order) {
    return IntStream.range(0, order.size()).boxed().map(order::indexOf).toList();
  }
}
