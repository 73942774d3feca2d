package org.teenygrad.engine.schedule;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.runtime.Target;

/// Factors of products in TensorFloat32 and of floats of 8 bits on Hopper, whose tensor cores (`wgmma`) read such numbers only
/// along the inner dimension: one that lies across is copied with that innermost, where it is multiplied often enough.
final class InnerLayout {
  /// Uses of a number for which a copy of 2 or 8 bytes pays: with it products are more than twice as fast.
  private static final int REUSE = 512;

  private InnerLayout() {}

  static List<OpNode> apply(List<OpNode> roots, Target target) {
    if (!(target instanceof Target.Gpu gpu) || !gpu.rung().includes(Target.Rung.WARPGROUP)) {
      return roots;
    }
    var changed = Graph.map(roots, node -> SumOfProducts.of(node).filter(sum -> isReadAlong(sum, gpu))
        .flatMap(InnerLayout::laidOut).orElse(node));
    return roots.stream().map(changed::get).toList();
  }

  private static boolean isReadAlong(SumOfProducts sum, Target.Gpu gpu) {
    boolean isOfFloats = gpu.precision() == MatmulPrecision.HIGH && !sum.isOfHalves();
    return sum.product() == sum.sum().input(0) && sum.product().dtype() == DType.FLOAT32
        && (isOfFloats || gpu.multipliesFloat8() && sum.isOfBytes());
  }

  private static Optional<OpNode> laidOut(SumOfProducts sum) {
    OpNode product = sum.product();
    int inner = sum.sum().payload(Reduction.class).axes().stream()
        .filter(axis -> product.shape().size(axis) > 1).max(Comparator.naturalOrder()).orElseThrow();
    List<FactorView> views = Stream.of(sum.left(), sum.right()).map(FactorView::of).toList();
    boolean fits = views.stream().allMatch(view -> view.axisOf(inner) >= 0
        && (view.isAlong(inner) || product.shape().elements() / view.tensor().shape().elements() >= REUSE));
    if (!fits || views.stream().allMatch(view -> view.isAlong(inner))) {
      return Optional.empty();
    }
    List<OpNode> factors = views.stream().map(view -> view.laidOut(view.axisOf(inner), product.dtype())).toList();
    return Optional.of(OpNode.of(OpCode.REDUCE, sum.sum().payload(), List.of(OpNode.of(OpCode.MUL, null, factors))));
  }
}
