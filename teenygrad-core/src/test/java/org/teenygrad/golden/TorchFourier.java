package org.teenygrad.golden;

import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.IntStream;
import org.teenygrad.FourierNorm;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpNode;

/// Complex numbers and `torch.fft`.
///
/// PyTorch's transforms take real tensors for complex ones. Ours are pairs, so that a tensor has to be known as complex: by `view_as_complex`,
/// `complex`, or as the result of a transform.
final class TorchFourier {
  /// Nodes, for a tensor has several handles.
  private static final Set<OpNode> COMPLEX = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private interface One {
    Tensor of(Tensor x, int n, int axis, FourierNorm norm);
  }

  private interface Several {
    Tensor of(Tensor x, int[] sizes, int[] axes, FourierNorm norm);
  }

  private TorchFourier() {}

  static void fill(Torch.Table t) {
    t.unary("view_as_complex", x -> marked(x.contiguous()));
    t.unary("view_as_real", x -> pairs(x).contiguous());
    t.one("complex(real, imag)", c -> marked(c.tensor("real").complex(c.tensor("imag"))));
    t.unary("real", x -> isComplex(x) ? x.real() : x);
    t.unary("imag", Tensor::imag);
    t.unary("conj conj_physical", x -> isComplex(x) ? marked(x.conj()) : x);
    t.unary("resolve_conj", x -> like(x, x.contiguous()));
    t.unary("angle", x -> isComplex(x) ? x.complexAngle() : x.signbit().where(Math.PI, x.zerosLike()).add(x.isNan().where(x, x.zerosLike())));
    one(t, "fft.fft", Tensor::fft, true, true, false);
    one(t, "fft.ifft", Tensor::ifft, true, true, false);
    one(t, "fft.rfft", Tensor::rfft, false, true, false);
    one(t, "fft.irfft", Tensor::irfft, true, false, true);
    one(t, "fft.hfft", Tensor::hfft, true, false, true);
    one(t, "fft.ihfft", Tensor::ihfft, false, true, false);
    several(t, "fft.fftn fft.fft2", Tensor::fftn, true, true, false);
    several(t, "fft.ifftn fft.ifft2", Tensor::ifftn, true, true, false);
    several(t, "fft.rfftn fft.rfft2", Tensor::rfftn, false, true, false);
    several(t, "fft.irfftn fft.irfft2", Tensor::irfftn, true, false, true);
    several(t, "fft.hfftn fft.hfft2", Tensor::hfftn, true, false, true);
    several(t, "fft.ihfftn fft.ihfft2", Tensor::ihfftn, false, true, false);
    t.one("fft.fftshift(input, dim=None)", c -> like(c.x(), c.x().fftshift(shifted(c))));
    t.one("fft.ifftshift(input, dim=None)", c -> like(c.x(), c.x().ifftshift(shifted(c))));
    t.one("fft.fftfreq(n, d=1.0, dtype=None)", c -> typed(c, Tensor.fftfreq(c.integer("n"), c.real("d"))));
    t.one("fft.rfftfreq(n, d=1.0, dtype=None)", c -> typed(c, Tensor.rfftfreq(c.integer("n"), c.real("d"))));
  }

  private static Tensor typed(Call c, Tensor x) {
    return c.has("dtype") ? x.cast(Objects.requireNonNull(c.dtype("dtype"))) : x;
  }

  private static void one(Torch.Table t, String name, One function, boolean takesComplex, boolean givesComplex, boolean half) {
    t.one(name + "(input, n=None, dim=-1, norm=None)", c -> {
      Tensor x = takesComplex ? pairs(c.x()) : c.x();
      int axis = c.integer("dim");
      int n = c.has("n") ? c.integer("n") : length(x, axis, takesComplex, half);
      return given(function.of(x, n, axis, norm(c)), givesComplex);
    });
  }

  private static int length(Tensor x, int axis, boolean complex, boolean half) {
    int size = x.size(axis < 0 && complex ? axis - 1 : axis);
    return half ? 2 * (size - 1) : size;
  }

  private static void several(Torch.Table t, String names, Several function, boolean takesComplex, boolean givesComplex, boolean half) {
    t.one(names + "(input, s=None, dim=None, norm=None)", c -> {
      Tensor x = takesComplex ? pairs(c.x()) : c.x();
      int rank = takesComplex ? x.rank() - 1 : x.rank();
      int all = c.has("s") ? c.sizes("s").length : rank;
      int[] axes = c.has("dim") ? c.sizes("dim")
          : c.function().endsWith("2") ? new int[] {-2, -1} : IntStream.range(rank - all, rank).toArray();
      int[] sizes = new int[axes.length];
      Arrays.setAll(sizes, i -> length(x, axes[i], takesComplex, half && i == axes.length - 1));
      int[] wanted = c.sizes("s");
      for (int i = 0; i < wanted.length && i < sizes.length; i++) {
        sizes[i] = wanted[i] == -1 ? sizes[i] : wanted[i];
      }
      return given(function.of(x, wanted.length > 0 && wanted.length != axes.length ? wanted : sizes, axes, norm(c)), givesComplex);
    });
  }

  private static FourierNorm norm(Call c) {
    return switch (c.text("norm")) {
      case "", "backward" -> FourierNorm.BACKWARD;
      case "ortho" -> FourierNorm.ORTHO;
      case "forward" -> FourierNorm.FORWARD;
      default -> throw new IllegalArgumentException("no norm " + c.text("norm"));
    };
  }

  private static int[] shifted(Call c) {
    int rank = isComplex(c.x()) ? c.x().rank() - 1 : c.x().rank();
    int[] axes = c.has("dim") ? c.sizes("dim") : IntStream.range(0, rank).toArray();
    return Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).toArray();
  }

  private static Tensor given(Tensor x, boolean complex) {
    return complex ? marked(x) : x;
  }

  private static Tensor like(Tensor x, Tensor result) {
    return given(result, isComplex(x));
  }

  static boolean isComplex(Tensor x) {
    return COMPLEX.contains(x.node());
  }

  private static Tensor marked(Tensor x) {
    COMPLEX.add(x.node());
    return x;
  }

  /// Complex numbers as they are, real ones with nothing beside them.
  private static Tensor pairs(Tensor x) {
    if (isComplex(x)) {
      return x;
    }
    Tensor floating = x.dtype().isFloating() ? x : x.toFloat();
    return floating.complex(floating.zerosLike());
  }
}
