package org.teenygrad.exchange.onnx.operators;

import org.teenygrad.DType;
import org.teenygrad.Interpolation;
import org.teenygrad.PadMode;
import org.teenygrad.Tensor;

/// Images looked up at the positions of a grid.
final class GridSampling {
  private GridSampling() {}

  static void addTo(OperatorTable table) {
    table.alike("GridSample", 16, GridSampling::sample);
    table.alike("AffineGrid", 20, call -> call.in(0).affineGrid(call.flag("align_corners", false), call.ints(1)));
  }

  private static Tensor sample(Call call) {
    Tensor x = call.in(0);
    DType type = x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    Tensor grid = call.in(1).cast(type);
    return x.cast(type).gridSample(grid, mode(call.text("mode", "linear")), outside(call.text("padding_mode", "zeros")), call.flag("align_corners", false)).cast(x.dtype());
  }

  /// Also by the names of the first version.
  private static Interpolation mode(String mode) {
    return switch (mode) {
      case "bilinear", "linear" -> Interpolation.LINEAR;
      case "bicubic", "cubic" -> Interpolation.CUBIC;
      case "nearest" -> Interpolation.NEAREST;
      default -> throw new IllegalArgumentException("there is no mode '" + mode + "'; there are nearest, linear and cubic");
    };
  }

  private static PadMode outside(String padding) {
    return switch (padding) {
      case "zeros" -> PadMode.ZEROS;
      case "border" -> PadMode.REPLICATE;
      case "reflection" -> PadMode.REFLECT;
      default -> throw new IllegalArgumentException("there is no padding_mode '" + padding + "'; there are zeros, border and reflection");
    };
  }
}
