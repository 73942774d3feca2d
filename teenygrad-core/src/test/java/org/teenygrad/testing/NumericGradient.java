package org.teenygrad.testing;

import java.util.Map;
import java.util.Objects;
import org.teenygrad.Device;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;

/// Derivatives without calculus: by central differences, in the precision of the graph, which should be float64.
public final class NumericGradient {
  private static final double STEP = 1e-5;

  private NumericGradient() {}

  /// The derivative of sum(output * cotangent) with respect to each element of a BUFFER.
  public static double[] of(OpNode output, OpNode buffer, double... cotangent) {
    double[] at = Buffers.numbers(buffer);
    double[] gradient = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      double[] above = at.clone();
      double[] below = at.clone();
      above[i] += STEP;
      below[i] -= STEP;
      double[] high = Buffers.numbers(with(output, buffer, above));
      double[] low = Buffers.numbers(with(output, buffer, below));
      for (int j = 0; j < cotangent.length; j++) {
        gradient[i] += cotangent[j] * (high[j] - low[j]) / (2 * STEP);
      }
    }
    return gradient;
  }

  private static OpNode with(OpNode output, OpNode buffer, double... numbers) {
    Device device = buffer.payload(Storage.class).device();
    OpNode moved = Buffers.of(device, buffer.dtype(), buffer.shape(), numbers);
    return Objects.requireNonNull(Graph.substitute(output, Map.of(buffer, moved)));
  }
}
