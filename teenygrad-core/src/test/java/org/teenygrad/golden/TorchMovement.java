package org.teenygrad.golden;

import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Interpolation;
import org.teenygrad.PadMode;
import org.teenygrad.Tensor;

/// Functions that arrange elements.
final class TorchMovement {
  private TorchMovement() {}

  static void fill(Torch.Table t) {
    t.one("reshape", c -> c.x().reshape(c.integers(1, "shape")));
    t.one("view", c -> c.get(1, "dtype") instanceof DType type
        ? c.x().bitcast(type) : c.x().reshape(c.integers(1, "shape")));
    t.one("permute", c -> c.x().permute(c.integers(1, "dims")));
    t.one("transpose", c -> c.x().transpose(c.integer(1, "dim0", 0), c.integer(2, "dim1", 1)));
    t.unary("T.__get__", x -> x.permute(IntStream.range(0, x.rank()).map(i -> x.rank() - 1 - i).toArray()));
    t.one("flip", c -> c.x().flip(c.integers(1, "dims")));
    t.one("expand", c -> c.x().expand(c.integers(1, "size")));
    t.one("squeeze", c -> c.has(1, "dim") ? c.x().squeeze(c.integer(1, "dim", 0)) : c.x().squeeze());
    t.one("unsqueeze", c -> c.x().unsqueeze(c.integer(1, "dim", 0)));
    t.one("flatten", c -> c.x().flatten(c.integer(1, "start_dim", 0), c.integer(2, "end_dim", -1)));
    t.one("unflatten", c -> c.x().unflatten(c.integer(1, "dim", 0), c.sizes(2, "sizes")));
    t.one("repeat", c -> c.x().repeat(c.integers(1, "repeats")));
    t.one("repeat_interleave", c -> c.has(2, "dim")
        ? c.x().repeatInterleave(c.integer(1, "repeats", 1), c.integer(2, "dim", 0))
        : c.x().flatten().repeatInterleave(c.integer(1, "repeats", 1), 0));
    t.one("roll", TorchMovement::roll);
    t.one("tril", c -> c.x().tril(c.integer(1, "diagonal", 0)));
    t.one("triu", c -> c.x().triu(c.integer(1, "diagonal", 0)));
    t.unary("diag", Tensor::diag);
    t.one("diagonal", c -> c.x().diagonal(c.integer(1, "offset", 0), c.integer(2, "dim1", 0), c.integer(3, "dim2", 1)));
    t.one("unfold", c -> c.x().unfold(c.integer(1, "dimension", 0), c.integer(2, "size", 1), c.integer(3, "step", 1)));
    t.one("cat", c -> Tensor.cat(c.tensors(0, "tensors"), c.integer(1, "dim", 0)));
    t.one("stack", c -> Tensor.stack(c.tensors(0, "tensors"), c.integer(1, "dim", 0)));
    t.several("functional.meshgrid meshgrid", c ->
        Tensor.meshgrid(c.text(9, "indexing", "ij"), c.tensors(0, "tensors").toArray(Tensor[]::new)));
    t.one("pad", TorchMovement::pad);
    t.one("interpolate", TorchMovement::interpolate);
  }

  private static Tensor roll(Call c) {
    int[] shifts = c.sizes(1, "shifts");
    int[] axes = c.sizes(2, "dims");
    if (axes.length == 0 && shifts.length == 1) {
      return c.x().flatten().roll(shifts[0], 0).reshape(c.x().shape());
    }
    if (axes.length != shifts.length) {
      throw new IllegalArgumentException("roll: as many shifts as axes are needed");
    }
    Tensor x = c.x();
    for (int i = 0; i < axes.length; i++) {
      x = x.roll(shifts[i], axes[i]);
    }
    return x;
  }

  /// PyTorch lists pairs from the last axis to the first.
  private static Tensor pad(Call c) {
    Tensor x = c.x();
    int[] pairs = c.sizes(1, "pad");
    if (pairs.length % 2 != 0 || pairs.length / 2 > x.rank()) {
      throw new IllegalArgumentException("pad: no pair for each of at most all axes");
    }
    int[][] bounds = new int[x.rank()][2];
    for (int i = 0; i < pairs.length / 2; i++) {
      bounds[x.rank() - 1 - i] = new int[] {pairs[2 * i], pairs[2 * i + 1]};
    }
    return switch (c.text(2, "mode", "constant")) {
      case "constant" -> x.pad(bounds, c.number(3, "value", 0));
      case "reflect" -> x.pad(PadMode.REFLECT, bounds);
      case "replicate" -> x.pad(PadMode.REPLICATE, bounds);
      case "circular" -> x.pad(PadMode.CIRCULAR, bounds);
      default -> throw new IllegalArgumentException("pad: mode " + c.text(2, "mode", ""));
    };
  }

  private static Tensor interpolate(Call c) {
    Tensor x = c.x();
    int axes = x.rank() - 2;
    int[] sizes = c.sizes(1, "size");
    if (!c.has(1, "size")) {
      double factor = c.real(2, "scale_factor", 1);
      sizes = IntStream.range(2, x.rank()).map(axis -> (int) Math.floor(x.size(axis) * factor)).toArray();
    }
    Interpolation mode = switch (c.text(3, "mode", "nearest")) {
      case "nearest" -> Interpolation.NEAREST;
      case "nearest-exact" -> Interpolation.NEAREST_EXACT;
      case "linear", "bilinear", "trilinear" ->
          c.flag(4, "align_corners") ? Interpolation.LINEAR_ALIGNED : Interpolation.LINEAR;
      default -> throw new IllegalArgumentException("interpolate: mode " + c.text(3, "mode", ""));
    };
    if (sizes.length == 1 && axes > 1) {
      int size = sizes[0];
      sizes = IntStream.range(0, axes).map(i -> size).toArray();
    }
    return x.interpolate(mode, sizes);
  }
}
