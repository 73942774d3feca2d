package org.teenygrad.bench;

import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.schedule.Roofline;

/// What a GPU's data sheet promises, or a processor is measured to do.
///
/// @param machine how its name begins
/// @param bytesPerSecond of its memory
/// @param tensorFlops bfloat16 operations of its tensor cores, without sparsity
/// @param floatFlops float32 operations of its other cores
record Peak(String machine, double bytesPerSecond, double tensorFlops, double floatFlops) {
  /// NVIDIA's data sheets of these machines.
  private static final List<Peak> KNOWN = List.of(
      new Peak("NVIDIA H200", 4.8e12, 989.4e12, 66.9e12),
      new Peak("NVIDIA H100 80GB HBM3", 3.35e12, 989.4e12, 66.9e12),
      new Peak("NVIDIA H100 PCIe", 2.0e12, 756e12, 51e12),
      new Peak("NVIDIA A100-SXM4-80GB", 2.039e12, 312e12, 19.5e12));

  /// The row of a machine; of one that is not known, NaNs.
  static Peak of(String machine) {
    return KNOWN.stream().filter(peak -> machine.startsWith(peak.machine)).findFirst()
        .orElse(new Peak(machine, Double.NaN, Double.NaN, Double.NaN));
  }

  /// What this processor's cores do at best. Pairs of bfloat16 are multiplied twice as fast as floats, doubles half as fast.
  static Peak ofCpu(Runtime runtime) {
    Roofline roof = Roofline.of(runtime);
    return new Peak(runtime.machine(), roof.bytesPerSecond(), 2 * roof.flopsPerSecond(), roof.flopsPerSecond());
  }

  double flops(DType type, MatmulPrecision precision) {
    if (type == DType.FLOAT64) {
      return floatFlops / 2;
    }
    if (type == DType.FLOAT32 && precision == MatmulPrecision.HIGH) {
      return tensorFlops / 2;
    }
    if (type == DType.FLOAT8_E4M3 || type == DType.FLOAT8_E5M2) {
      return 2 * tensorFlops;
    }
    return type == DType.BFLOAT16 || type == DType.FLOAT16 ? tensorFlops : floatFlops;
  }
}
