package org.teenygrad.engine.schedule;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.runtime.Target;

/// Convolution as implicit GEMM on tensor cores: gives factors a layout in which 16 bytes that are multiplied together lie together.
///
/// In a window neighbours along the image are read at every offset, in a small image rows end where they like; channels lie apart,
/// but always whole. So a factor's image is copied with its channels innermost (NCHW to NHWC), the other factor, too, and the sum
/// runs over channels last. Windows stay a view.
///
/// @see <a href="https://docs.nvidia.com/deeplearning/performance/dl-performance-convolutional/index.html">NVIDIA, convolutional
///     layers: tensor layouts</a>
final class WindowLayout {
  /// Uses of a number for which a copy pays.
  private static final int REUSE = 32;

  private WindowLayout() {}

  static List<OpNode> apply(List<OpNode> roots, Target target) {
    if (!(target instanceof Target.Gpu gpu) || !gpu.rung().hasMatrixUnit()) {
      return roots;
    }
    var changed = Graph.map(roots, node -> SumOfProducts.of(node).filter(SumOfProducts::isOfHalves)
        .flatMap(WindowLayout::laidOut).orElse(node));
    return roots.stream().map(changed::get).toList();
  }

  private static Optional<OpNode> laidOut(SumOfProducts sum) {
    OpNode product = sum.product();
    if (product != sum.sum().input(0)) {
      return Optional.empty();
    }
    FactorView left = FactorView.of(sum.left());
    FactorView right = FactorView.of(sum.right());
    List<Integer> summed = sum.sum().payload(Reduction.class).axes();
    FactorView scattered = Stream.of(left, right)
        .filter(shown -> shown.isWindowed()
            || !shown.isContiguous(summed) && shown.channels() >= 0 && isReusedOften(sum, shown))
        .max(Comparator.comparing(FactorView::isWindowed).thenComparingLong(shown -> shown.tensor().shape().elements())).orElse(null);
    if (scattered == null || scattered.channels() < 0) {
      return Optional.empty();
    }
    OpNode range = scattered.index().get(scattered.channels());
    List<Integer> order = FactorView.innermost(product.shape().rank(), range.payload(Range.class).id());
    List<OpNode> factors = Stream.of(left, right)
        .map(shown -> shown.laidOut(shown == scattered || shown.isWindowed()
            ? shown.channels() : shown.along(range, summed), product.dtype()))
        .map(factor -> permuted(factor, order)).toList();
    List<Integer> axes = summed.stream().map(order::indexOf).sorted().toList();
    OpNode turned = OpNode.of(OpCode.REDUCE, new Reduction(OpCode.ADD, axes), List.of(OpNode.of(OpCode.MUL, null, factors)));
    // The gradient of weights is made with its channels innermost, as tiles of windows have them, and then copied to where it belongs.
    boolean tiled = scattered.isWindowed() && !FactorView.isSummed(range, summed);
    return Optional.of(permuted(tiled ? OpNode.of(OpCode.CONTIGUOUS, turned) : turned, FactorView.inverse(order)));
  }

  /// Whether a factor's numbers are used so often that a copy of them costs little.
  private static boolean isReusedOften(SumOfProducts sum, FactorView shown) {
    return sum.product().shape().elements() / shown.tensor().shape().elements() >= REUSE;
  }

  private static OpNode permuted(OpNode node, List<Integer> order) {
    return OpNode.of(OpCode.PERMUTE, order, List.of(node));
  }
}
