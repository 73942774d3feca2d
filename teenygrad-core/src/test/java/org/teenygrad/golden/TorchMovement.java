package org.teenygrad.golden;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Interpolation;
import org.teenygrad.PadMode;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// Functions that arrange elements.
final class TorchMovement {
  private TorchMovement() {}

  static void fill(Torch.Table t) {
    t.one("reshape(input, *shape)", c -> c.x().reshape(c.sizes("shape")));
    t.one("view(input, *shape|dtype)", c -> c.get("shape") instanceof DType type
        ? c.x().bitcast(type) : c.x().view(c.sizes("shape")));
    t.one("reshape_as view_as expand_as(input, other)", c -> c.function().endsWith("expand_as")
        ? c.x().broadcastTo(c.tensor("other").shape()) : c.x().reshape(c.tensor("other").shape()));
    t.one("permute(input, *dims)", c -> c.x().permute(c.sizes("dims")));
    t.one("transpose swapaxes swapdims(input, dim0|axis0, dim1|axis1)", c ->
        c.x().transpose(c.integer("dim0"), c.integer("dim1")));
    t.one("movedim moveaxis(input, source, destination)", TorchMovement::moved);
    t.unary("T.__get__", x -> x.permute(IntStream.range(0, x.rank()).map(i -> x.rank() - 1 - i).toArray()));
    t.unary("mT.__get__ mH.__get__ H.__get__ adjoint", x -> x.transpose(-1, -2));
    t.unary("t", x -> x.rank() < 2 ? x : x.t());
    t.one("flip(input, *dims)", c -> c.sizes("dims").length == 0 ? c.x() : c.x().flip(c.sizes("dims")));
    t.one("expand(input, *size)", c -> c.x().expand(c.sizes("size")));
    t.one("broadcast_to(input, size)", c -> c.x().expand(c.sizes("size")));
    t.several("broadcast_tensors(*tensors)", TorchMovement::together);
    t.one("squeeze(input, *dim)", TorchMovement::squeezed);
    t.one("unsqueeze(input, dim)", c -> c.x().unsqueeze(c.integer("dim")));
    t.one("flatten(input, start_dim=0, end_dim=-1)", c -> c.x().flatten(c.integer("start_dim"), c.integer("end_dim")));
    t.unary("ravel", Tensor::flatten);
    t.one("unflatten(input, dim, sizes)", c -> c.x().unflatten(c.integer("dim"), c.sizes("sizes")));
    t.one("repeat(input, *repeats)", c -> c.x().repeat(c.sizes("repeats")));
    t.one("tile(input, *dims)", TorchMovement::tiled);
    t.one("repeat_interleave(input, repeats, dim=None, output_size=None)", TorchMovement::interleaved);
    t.unary("flipud", Tensor::flipud);
    t.unary("fliplr", Tensor::fliplr);
    t.one("rot90(input, k=1, dims=None)", c -> c.has("dims")
        ? c.x().rot90(c.integer("k"), c.sizes("dims")[0], c.sizes("dims")[1]) : c.x().rot90(c.integer("k"), 0, 1));
    t.one("diag_embed(input, offset=0, dim1=-2, dim2=-1)", c -> c.x().diagEmbed(c.integer("offset"), c.integer("dim1"), c.integer("dim2")));
    t.one("combinations(input, r=2, with_replacement=False)", c -> c.x().combinations(c.integer("r"), c.flag("with_replacement")));
    t.one("vander(x, N=None, increasing=False)", c ->
        c.tensor("x").vander(c.has("N") ? c.integer("N") : c.tensor("x").size(0), c.flag("increasing")));
    t.one("pixel_shuffle(input, upscale_factor)", c -> c.x().pixelShuffle(c.integer("upscale_factor")));
    t.one("pixel_unshuffle(input, downscale_factor)", c -> c.x().pixelUnshuffle(c.integer("downscale_factor")));
    t.one("fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1)", c -> {
      int[] size = c.sizes("output_size");
      return c.x().fromPatches(size[0], size[size.length - 1], patches(c), c.sizes("kernel_size"));
    });
    t.one("hstack(*tensors)", c -> Tensor.hstack(c.tensors("tensors").toArray(Tensor[]::new)));
    t.one("vstack row_stack(*tensors)", c -> Tensor.vstack(c.tensors("tensors").toArray(Tensor[]::new)));
    t.one("block_diag(*tensors)", c -> Tensor.blockDiag(c.tensors("tensors").toArray(Tensor[]::new)));
    t.one("cartesian_prod(*tensors)", c -> Tensor.cartesianProd(c.tensors("tensors").toArray(Tensor[]::new)));
    t.one("roll(input, shifts, dims=None)", TorchMovement::roll);
    t.one("tril(input, diagonal=0)", c -> c.x().tril(c.integer("diagonal")));
    t.one("triu(input, diagonal=0)", c -> c.x().triu(c.integer("diagonal")));
    t.one("diag(input, diagonal=0)", TorchMovement::diag);
    t.one("diagonal(input, offset=0, dim1=0, dim2=1)", c ->
        c.x().diagonal(c.integer("offset"), c.integer("dim1"), c.integer("dim2")));
    t.one("linalg.diagonal(input, offset=0, dim1=-2, dim2=-1)", c ->
        c.x().diagonal(c.integer("offset"), c.integer("dim1"), c.integer("dim2")));
    t.one("unfold(input, dimension, size, step)", c ->
        c.x().unfold(c.integer("dimension"), c.integer("size"), c.integer("step")));
    t.one("functional.unfold(input, kernel_size, dilation=1, padding=0, stride=1)", c ->
        c.x().patches(patches(c), c.sizes("kernel_size")));
    t.one("narrow(input, dim, start, length)", c -> c.x().narrow(c.integer("dim"), c.integer("start"), c.integer("length")));
    t.one("select(input, dim, index)", c -> c.x().select(c.integer("dim"), c.integer("index")));

    t.one("cat concat concatenate(*tensors, dim=0)", c -> Tensor.cat(c.tensors("tensors"), c.integer("dim")));
    t.one("stack(*tensors, dim=0)", c -> Tensor.stack(c.tensors("tensors"), c.integer("dim")));
    t.several("split split_with_sizes(input, split_size_or_sections|split_size|split_sizes|sizes, dim=0)", c ->
        c.get("split_size_or_sections") instanceof List<?>
            ? c.x().split(c.sizes("split_size_or_sections"), c.integer("dim"))
            : c.x().split(c.integer("split_size_or_sections"), c.integer("dim")));
    t.several("chunk(input, chunks, dim=0)", c -> c.x().chunk(c.integer("chunks"), c.integer("dim")));
    t.several("unbind(input, dim=0)", c -> c.x().unbind(c.integer("dim")));
    t.several("meshgrid(*tensors, indexing='ij')", c ->
        Tensor.meshgrid(c.text("indexing"), c.tensors("tensors").toArray(Tensor[]::new)));
    t.one("pad(input, pad, mode='constant', value=0)", TorchMovement::pad);
    t.one("interpolate upsample(input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False)",
        TorchMovement::interpolate);
    t.one("grid_sample(input, grid, mode='bilinear', padding_mode='zeros', align_corners=None)", TorchMovement::gridSample);
    t.one("affine_grid(theta, size, align_corners=None)", c -> c.tensor("theta").affineGrid(c.flag("align_corners"), c.sizes("size")));
  }

  private static Window patches(Call c) {
    return Window.DEFAULT.dilation(c.sizes("dilation")).padding(c.sizes("padding")).stride(c.sizes("stride"));
  }

  /// One axis, or several, each to its place.
  private static Tensor moved(Call c) {
    int rank = c.x().rank();
    int[] from = IntStream.of(c.sizes("source")).map(axis -> Math.floorMod(axis, rank)).toArray();
    int[] to = IntStream.of(c.sizes("destination")).map(axis -> Math.floorMod(axis, rank)).toArray();
    if (from.length == 1 && to.length == 1) {
      return c.x().movedim(c.sizes("source")[0], c.sizes("destination")[0]);
    }
    int[] order = new int[rank];
    Arrays.fill(order, -1);
    for (int i = 0; i < from.length; i++) {
      order[to[i]] = from[i];
    }
    int[] others = IntStream.range(0, rank).filter(axis -> IntStream.of(from).noneMatch(moved -> moved == axis)).toArray();
    int next = 0;
    for (int i = 0; i < rank; i++) {
      order[i] = order[i] < 0 ? others[next++] : order[i];
    }
    return c.x().permute(order);
  }

  private static List<Tensor> together(Call c) {
    List<Tensor> tensors = c.tensors("tensors");
    Tensor sum = tensors.stream().map(x -> x.zerosLike(DType.FLOAT32)).reduce(Tensor::add).orElseThrow();
    return tensors.stream().map(x -> x.broadcastTo(sum.shape())).toList();
  }

  private static Tensor squeezed(Call c) {
    int[] axes = c.sizes("dim");
    if (axes.length == 0) {
      return c.x().squeeze();
    }
    Tensor x = c.x();
    int rank = Math.max(1, x.rank());
    for (int axis : axes.length == 1 ? axes : IntStream.of(axes).map(a -> Math.floorMod(a, rank)).sorted().map(a -> a - rank).toArray()) {
      x = x.squeeze(axis);
    }
    return x;
  }

  private static Tensor tiled(Call c) {
    int[] times = c.sizes("dims");
    int missing = Math.max(0, c.x().rank() - times.length);
    return c.x().repeat(IntStream.concat(IntStream.generate(() -> 1).limit(missing), IntStream.of(times)).toArray());
  }

  private static Tensor interleaved(Call c) {
    if (c.get("repeats") instanceof Tensor times && times.numel() != 1) {
      return c.has("dim") ? c.x().repeatInterleave(times, c.integer("dim")) : c.x().flatten().repeatInterleave(times, 0);
    }
    return c.has("dim")
        ? c.x().repeatInterleave(c.integer("repeats"), c.integer("dim"))
        : c.x().flatten().repeatInterleave(c.integer("repeats"), 0);
  }

  private static Tensor roll(Call c) {
    int[] shifts = c.sizes("shifts");
    int[] axes = c.sizes("dims");
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

  private static Tensor diag(Call c) {
    int offset = c.integer("diagonal");
    Tensor x = c.x();
    if (offset == 0) {
      return x.diag();
    }
    if (x.rank() == 2) {
      return x.diagonal(offset, 0, 1);
    }
    int[][] outside = offset > 0 ? new int[][] {{0, offset}, {offset, 0}} : new int[][] {{-offset, 0}, {0, -offset}};
    return x.diag().pad(outside);
  }

  /// PyTorch lists pairs from the last axis to the first.
  private static Tensor pad(Call c) {
    Tensor x = c.x();
    int[] pairs = c.sizes("pad");
    if (pairs.length % 2 != 0 || pairs.length / 2 > x.rank()) {
      throw new IllegalArgumentException("pad: no pair for each of at most all axes");
    }
    int[][] bounds = new int[x.rank()][2];
    for (int i = 0; i < pairs.length / 2; i++) {
      bounds[x.rank() - 1 - i] = new int[] {pairs[2 * i], pairs[2 * i + 1]};
    }
    return switch (c.text("mode")) {
      case "constant" -> x.pad(bounds, c.has("value") ? c.number("value") : 0);
      case "reflect" -> x.pad(PadMode.REFLECT, bounds);
      case "replicate" -> x.pad(PadMode.REPLICATE, bounds);
      case "circular" -> x.pad(PadMode.CIRCULAR, bounds);
      default -> throw new IllegalArgumentException("pad: mode " + c.text("mode"));
    };
  }

  private static Tensor interpolate(Call c) {
    Tensor x = c.x();
    int axes = x.rank() - 2;
    boolean aligned = c.flag("align_corners");
    boolean antialias = c.flag("antialias");
    if (antialias && aligned) {
      throw new Call.Unsupported("interpolate: antialias with aligned corners");
    }
    String text = c.text("mode");
    int needed = switch (text) {
      case "linear" -> 1;
      case "bilinear", "bicubic" -> 2;
      case "trilinear" -> 3;
      default -> axes;
    };
    if (axes < 1 || axes > 3 || needed != axes || antialias && !text.startsWith("bi") || c.has("size") == c.has("scale_factor")) {
      throw new IllegalArgumentException("interpolate: " + c);
    }
    Interpolation mode = switch (text) {
      case "nearest" -> Interpolation.NEAREST;
      case "nearest-exact" -> Interpolation.NEAREST_EXACT;
      case "linear", "bilinear", "trilinear" ->
          antialias ? Interpolation.LINEAR_ANTIALIASED : aligned ? Interpolation.LINEAR_ALIGNED : Interpolation.LINEAR;
      case "bicubic" -> antialias ? Interpolation.CUBIC_ANTIALIASED : aligned ? Interpolation.CUBIC_ALIGNED : Interpolation.CUBIC;
      case "area" -> Interpolation.AREA;
      default -> throw new IllegalArgumentException("interpolate: mode " + text);
    };
    if (c.has("size")) {
      int[] named = c.sizes("size");
      return x.interpolate(mode, named.length == 1 ? IntStream.generate(() -> named[0]).limit(axes).toArray() : named);
    }
    double[] scales = new double[axes];
    for (int i = 0; i < axes; i++) {
      scales[i] = c.get("scale_factor") instanceof List<?> list ? ((Number) list.get(i)).doubleValue() : c.real("scale_factor");
    }
    return c.flag("recompute_scale_factor")
        ? x.interpolate(mode, IntStream.range(0, axes).map(i -> (int) Math.floor(x.size(2 + i) * scales[i])).toArray())
        : x.interpolate(mode, scales);
  }

  private static Tensor gridSample(Call c) {
    Interpolation mode = switch (c.text("mode")) {
      case "bilinear" -> Interpolation.LINEAR;
      case "nearest" -> Interpolation.NEAREST;
      case "bicubic" -> Interpolation.CUBIC;
      default -> throw new IllegalArgumentException("grid_sample: mode " + c.text("mode"));
    };
    PadMode outside = switch (c.text("padding_mode")) {
      case "zeros" -> PadMode.ZEROS;
      case "border" -> PadMode.REPLICATE;
      case "reflection" -> PadMode.REFLECT;
      default -> throw new IllegalArgumentException("grid_sample: padding_mode " + c.text("padding_mode"));
    };
    return c.x().gridSample(c.tensor("grid"), mode, outside, c.flag("align_corners"));
  }
}
