package org.teenygrad.exchange.onnx.operators;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Images of other sizes: each axis for itself, as sums of elements at positions and with weights that depend on the axis alone.
final class Resizing {
  private Resizing() {}

  static void addTo(OperatorTable table) {
    table.alike("Upsample", 7, call -> scaled(call, doubles(Call.required(call.reals("scales"), "scales"))));
    table.alike("Upsample", 9, call -> scaled(call, call.doubles(1)));
    table.alike("Resize", 10, call -> scaled(call, call.doubles(1)));
    table.alike("Resize", 11, Resizing::resize);
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /// The first versions: no corners are aligned, and of neighbours the lower one is the nearest.
  private static Tensor scaled(Call call, double[] scales) {
    Tensor x = call.in(0);
    Kernel kernel = call.text("mode", "nearest").equals("nearest") ? new Kernel.Nearest("floor") : new Kernel.Linear(false);
    Tensor result = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      Sampling sampling = new Sampling(x.size(axis), size(x.size(axis) * scales[axis]), scales[axis], "asymmetric", 0, 1);
      result = along(result, axis, sampling, kernel, false, 0);
    }
    return result;
  }

  private static int size(double size) {
    if (!(size >= 0 && size <= Integer.MAX_VALUE)) {
      throw new IllegalArgumentException("an axis would have " + size + " positions");
    }
    return (int) Math.floor(size);
  }

  private static Tensor resize(Call call) {
    Tensor x = call.in(0);
    long[] named = call.numbers("axes");
    int[] axes = named == null ? IntStream.range(0, x.rank()).toArray() : Arrays.stream(Call.ints(named)).map(a -> Shapes.position(x, a)).toArray();
    boolean bySize = call.has(3) && call.longs(3).length > 0;
    double[] scales = new double[axes.length];
    int[] sizes = new int[axes.length];
    if (bySize) {
      long[] wanted = call.longs(3);
      for (int i = 0; i < axes.length; i++) {
        sizes[i] = Call.clamped(wanted[i]);
        scales[i] = (double) wanted[i] / x.size(axes[i]);
      }
      keepRatio(call.text("keep_aspect_ratio_policy", "stretch"), x, axes, scales, sizes);
    } else {
      double[] given = call.doubles(2);
      for (int i = 0; i < axes.length; i++) {
        scales[i] = given[i];
        sizes[i] = size(x.size(axes[i]) * scales[i]);
      }
    }
    double[] region = call.has(1) ? call.doubles(1) : new double[0];
    String mode = call.text("coordinate_transformation_mode", "half_pixel");
    Kernel kernel = kernel(call);
    Tensor result = x.dtype() == DType.FLOAT64 ? x : x.cast(DType.FLOAT32);
    for (int i = 0; i < axes.length; i++) {
      boolean hasRegion = mode.equals("tf_crop_and_resize") && region.length == 2 * axes.length;
      double begin = hasRegion ? region[i] : 0;
      double end = hasRegion ? region[axes.length + i] : 1;
      if (sizes[i] != x.size(axes[i]) || scales[i] != 1 || begin != 0 || end != 1) {
        Sampling sampling = new Sampling(x.size(axes[i]), sizes[i], scales[i], mode, begin, end);
        result = along(result, axes[i], sampling, kernel, call.flag("exclude_outside", false), call.real("extrapolation_value", 0));
      }
    }
    return x.dtype().isFloating() ? result.cast(x.dtype()) : saturated(result.round(), x.dtype());
  }

  private static Tensor saturated(Tensor x, DType type) {
    return switch (type) {
      case UINT8 -> x.clamp(0, 255);
      case INT8 -> x.clamp(Byte.MIN_VALUE, Byte.MAX_VALUE);
      default -> x;
    };
  }

  private static Kernel kernel(Call call) {
    boolean antialias = call.flag("antialias", false);
    return switch (call.text("mode", "nearest")) {
      case "nearest" -> new Kernel.Nearest(call.text("nearest_mode", "round_prefer_floor"));
      case "linear" -> new Kernel.Linear(antialias);
      case "cubic" -> new Kernel.Cubic(call.real("cubic_coeff_a", -0.75), antialias);
      default -> throw new IllegalArgumentException("there is no mode '" + call.text("mode", "") + "'; there are nearest, linear and cubic");
    };
  }

  private static void keepRatio(String policy, Tensor x, int[] axes, double[] scales, int[] sizes) {
    if (policy.equals("stretch")) {
      return;
    }
    double scale = policy.equals("not_larger") ? Arrays.stream(scales).min().orElse(1) : Arrays.stream(scales).max().orElse(1);
    for (int i = 0; i < axes.length; i++) {
      scales[i] = scale;
      sizes[i] = (int) (scale * x.size(axes[i]) + 0.5);
    }
  }

  private static Tensor along(Tensor x, int axis, Sampling sampling, Kernel kernel, boolean excludeOutside, double extrapolation) {
    int taps = kernel.taps(sampling.scale());
    int size = sampling.size();
    long[][] positions = new long[taps][size];
    double[][] weights = new double[taps][size];
    double[] outside = new double[size];
    for (int i = 0; i < size; i++) {
      double at = sampling.position(i);
      outside[i] = sampling.isOutside(at) ? 1 : 0;
      double fraction = at == Math.floor(at) ? 1 : at - Math.floor(at);
      double[] w = kernel.weights(fraction, sampling.scale());
      long first = (long) Math.ceil(at) - taps / 2;
      double sum = 0;
      for (int k = 0; k < taps; k++) {
        boolean inside = first + k >= 0 && first + k < sampling.from();
        w[k] = excludeOutside && !inside ? 0 : w[k];
        sum += w[k];
        positions[k][i] = Math.clamp(first + k, 0, sampling.from() - 1);
      }
      for (int k = 0; k < taps; k++) {
        weights[k][i] = excludeOutside && sum != 0 ? w[k] / sum : w[k];
      }
    }
    int[] shape = IntStream.range(0, x.rank()).map(i -> i == axis ? size : 1).toArray();
    Tensor result = null;
    for (int k = 0; k < taps; k++) {
      if (Arrays.stream(weights[k]).anyMatch(weight -> weight != 0)) {
        Tensor seen = x.indexSelect(axis, Tensor.of(positions[k], Shape.of(size), x.device()));
        boolean whole = Arrays.stream(weights[k]).allMatch(weight -> weight == 1);
        Tensor part = whole ? seen : seen.mul(Tensor.of(weights[k], Shape.of(size), x.device()).cast(x.dtype()).reshape(shape));
        result = result == null ? part : result.add(part);
      }
    }
    Tensor sampled = result == null ? x.indexSelect(axis, Tensor.of(new long[size], Shape.of(size), x.device())).zerosLike() : result;
    return Arrays.stream(outside).noneMatch(o -> o == 1) ? sampled
        : Tensor.of(outside, Shape.of(size), x.device()).ne(0).reshape(shape).where(extrapolation, sampled);
  }

  /// How positions on a resized axis are positions on the one before.
  /// @param begin where the region of `tf_crop_and_resize` begins, 0 to 1
  private record Sampling(int from, int size, double scale, String mode, double begin, double end) {
    double position(int i) {
      double exact = scale * from;
      return switch (mode) {
        case "half_pixel" -> (i + 0.5) / scale - 0.5;
        case "half_pixel_symmetric" -> from / 2.0 * (1 - size / exact) + (i + 0.5) / scale - 0.5;
        case "pytorch_half_pixel" -> exact == 1 ? -0.5 : (i + 0.5) / scale - 0.5;
        case "align_corners" -> exact == 1 ? 0 : i * (from - 1) / (exact - 1);
        case "asymmetric" -> i / scale;
        case "tf_crop_and_resize" -> begin * (from - 1)
            + (exact == 1 ? (end - begin) * (from - 1) / 2 : i * (end - begin) * (from - 1) / (exact - 1));
        default -> throw new IllegalArgumentException("there is no coordinate_transformation_mode '" + mode + "'");
      };
    }

    boolean isOutside(double position) {
      return mode.equals("tf_crop_and_resize") && (position < 0 || position > from - 1);
    }
  }
}
