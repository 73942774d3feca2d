package org.teenygrad.engine.codegen;

import java.util.Optional;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// A product with quantised weights whose left factor may be rounded to blocks of 8 bits ([MatmulPrecision#LOW]), so that integers
/// are multiplied.
///
/// A block is what the last inner loop has of neighbours, 16 or 32: its left numbers are `factor * x` with `x` from -127 to 127,
/// its right ones `scale * (w + offset) + shift`. Of the block's products `factor * scale * (sum of w * x + offset * sum of x) +
/// shift * factor * sum of x`, the sums of integers are exact, so that only the order of blocks matters to the bits, and that is
/// the same for any number of rows.
///
/// @param product in float32
/// @param factor the right one
/// @param span numbers of a block
record QuantizedContraction(Contraction product, QuantizedFactor factor, int span) implements Plan {
  private static final int WORD = 4;
  private static final int FEWEST_OF_BLOCK = 16;
  private static final int MOST_OF_BLOCK = 32;

  /// Smaller matrices are not worth it, whatever they are multiplied by.
  private static final long FEWEST_OF_MATRIX = 1 << 10;

  /// Where that is allowed and there is such a factor.
  static Optional<Plan> of(Contraction product, Target.Cpu cpu) {
    OpNode last = product.inner().getLast();
    int span = (int) Math.min(Analysis.size(last), MOST_OF_BLOCK);
    boolean fits = cpu.precision() == MatmulPrecision.LOW && product.fold().dtype() == DType.FLOAT32 && !product.columns().isEmpty() && cpu.vectorBytes() >= WORD * Float.BYTES
        && product.products() * Analysis.size(product.column()) >= FEWEST_OF_MATRIX && last.inputs().isEmpty()
        && span >= FEWEST_OF_BLOCK && Integer.bitCount(span) == 1 && Analysis.size(last) % span == 0
        && product.left().is(OpCode.LOAD) && product.left().inputs().size() == 2 && product.analysis().stride(product.left(), last) == 1;
    return fits ? QuantizedFactor.of(product.analysis(), product.right(), last).filter(factor -> factor.isAlike(product.analysis(), product.column(), last)).map(factor -> new QuantizedContraction(product, factor, span)) : Optional.empty();
  }

  @Override
  public Analysis analysis() {
    return product.analysis();
  }

  /// Makes the ways in which the factor is written known to an analysis of the kernel.
  void include(Analysis analysis) {
    Stream.of(factor.integers(), factor.scale()).forEach(analysis::include);
    if (factor.shift() != null) {
      analysis.include(factor.shift());
    }
  }

  long blocks() {
    return product.products() / span;
  }
}
