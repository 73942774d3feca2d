package org.teenygrad.golden;

import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Sorted;
import org.teenygrad.Tensor;

/// Reductions, running reductions and sorting.
final class TorchReductions {
  private static final String OVER = "(input, dim=None, keepdim=False)";
  private static final String TYPED = "(input, dim=None, keepdim=False, dtype=None)";
  private static final String SPREAD = "(input, dim=None, unbiased=None, keepdim=False, correction=None)";

  private TorchReductions() {}

  static void fill(Torch.Table t) {
    t.one("sum" + TYPED, c -> typed(c).sum(keep(c), axes(c)));
    t.one("mean" + TYPED, c -> typed(c).mean(keep(c), axes(c)));
    t.one("prod" + TYPED, c -> typed(c).prod(keep(c), axes(c)));
    t.one("amax" + OVER, c -> c.x().max(keep(c), axes(c)));
    t.one("amin" + OVER, c -> c.x().min(keep(c), axes(c)));
    t.several("aminmax" + OVER, c -> List.of(c.x().min(keep(c), axes(c)), c.x().max(keep(c), axes(c))));
    t.several("max(input, dim|other=None, keepdim=False)", c -> extreme(c, true));
    t.several("min(input, dim|other=None, keepdim=False)", c -> extreme(c, false));
    t.one("argmax" + OVER, c -> position(c, true));
    t.one("argmin" + OVER, c -> position(c, false));
    t.one("any" + OVER, c -> c.x().any(keep(c), axes(c)));
    t.one("all" + OVER, c -> c.x().all(keep(c), axes(c)));
    t.one("count_nonzero(input, dim=None)", c -> c.x().countNonzero(axes(c)));
    t.one("var" + SPREAD, c -> spread(c, false));
    t.one("std" + SPREAD, c -> spread(c, true));
    t.several("var_mean" + SPREAD, c -> List.of(spread(c, false), c.x().mean(keep(c), spreadAxes(c))));
    t.several("std_mean" + SPREAD, c -> List.of(spread(c, true), c.x().mean(keep(c), spreadAxes(c))));
    t.one("norm(input, p|ord=2, dim=None, keepdim=False, dtype=None)", TorchReductions::norm);
    t.one("vector_norm(input, ord=2, dim=None, keepdim=False, dtype=None)", c -> typed(c).norm(c.real("ord"), keep(c), axes(c)));
    t.one("logsumexp" + OVER, c -> c.x().logsumexp(keep(c), axes(c)));
    t.one("softmax(input, dim=-1, dtype=None)", c -> typed(c).softmax(c.integer("dim")));
    t.one("softmin(input, dim=-1, dtype=None)", c -> typed(c).neg().softmax(c.integer("dim")));
    t.one("log_softmax(input, dim=-1, dtype=None)", c -> typed(c).logSoftmax(c.integer("dim")));

    t.one("cumsum(input, dim, dtype=None)", c -> typed(c).cumsum(c.integer("dim")));
    t.one("cumprod(input, dim, dtype=None)", c -> typed(c).cumprod(c.integer("dim")));
    t.one("logcumsumexp(input, dim)", c -> c.x().logcumsumexp(c.integer("dim")));
    t.several("cummax(input, dim)", c -> both(c.x().cummaxWithIndices(c.integer("dim"))));
    t.several("cummin(input, dim)", c -> both(c.x().cumminWithIndices(c.integer("dim"))));
    t.one("diff(input, n=1, dim=-1)", TorchReductions::differences);
    t.several("sort(input, dim=-1, descending=False)", c -> both(c.x().sort(c.integer("dim"), c.flag("descending"))));
    t.one("argsort(input, dim=-1, descending=False)", c -> c.x().argsort(c.integer("dim"), c.flag("descending")));
    t.several("msort(input)", c -> List.of(c.x().sort(0, false).values()));
    t.several("topk(input, k, dim=-1, largest=True, sorted=True)", c ->
        both(c.x().topk(c.integer("k"), c.integer("dim"), c.flag("largest"))));
    t.several("kthvalue(input, k, dim=-1, keepdim=False)", c -> kept(c, c.x().kthvalue(c.integer("k"), c.integer("dim"))));
    t.one("median(input, dim=None, keepdim=False)", TorchReductions::median);
  }

  private static boolean keep(Call c) {
    return c.flag("keepdim");
  }

  private static int[] axes(Call c) {
    return c.sizes("dim");
  }

  static Tensor typed(Call c) {
    DType type = c.dtype("dtype");
    return type == null ? c.x() : c.x().cast(type);
  }

  static List<Tensor> both(Sorted sorted) {
    return List.of(sorted.values(), sorted.indices());
  }

  private static List<Tensor> kept(Call c, Sorted sorted) {
    int axis = c.integer("dim");
    return keep(c) && c.x().rank() > 0
        ? List.of(sorted.values().unsqueeze(axis), sorted.indices().unsqueeze(axis))
        : both(sorted);
  }

  /// The old form has a truth where the axis may stand.
  private static int[] spreadAxes(Call c) {
    return c.get("dim") instanceof Boolean ? new int[0] : axes(c);
  }

  private static Tensor spread(Call c, boolean root) {
    boolean sample = c.get("dim") instanceof Boolean b ? b : !c.has("unbiased") || c.flag("unbiased");
    int correction = c.has("correction") ? c.integer("correction") : sample ? 1 : 0;
    return root ? c.x().std(correction, keep(c), spreadAxes(c)) : c.x().var(correction, keep(c), spreadAxes(c));
  }

  /// Of one vector, or of all elements where no axis is named.
  private static Tensor norm(Call c) {
    double p = switch (c.text("p")) {
      case "fro" -> 2;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> c.real("p");
    };
    if (axes(c).length == 2 && p != 2) {
      throw new Call.Unsupported("norm: of matrices, by " + p);
    }
    return typed(c).norm(p, keep(c), axes(c));
  }

  private static List<Tensor> extreme(Call c, boolean largest) {
    Tensor x = c.x();
    if (c.get("dim") instanceof Tensor other && other.rank() + other.elements() > 0) {
      return List.of(largest ? x.maximum(other) : x.minimum(other));
    }
    if (!c.has("dim")) {
      return List.of(largest ? x.max() : x.min());
    }
    int axis = c.integer("dim");
    Tensor position = largest ? x.argmax(axis, true) : x.argmin(axis, true);
    Tensor value = x.gather(axis, position); // one of several equal ones gets the gradient
    return keep(c) ? List.of(value, position) : List.of(value.squeeze(axis), position.squeeze(axis));
  }

  private static Tensor position(Call c, boolean largest) {
    if (!c.has("dim")) {
      Tensor place = largest ? c.x().argmax() : c.x().argmin();
      return keep(c) ? place.reshape(IntStream.range(0, c.x().rank()).map(i -> 1).toArray()) : place;
    }
    int axis = c.integer("dim");
    return largest ? c.x().argmax(axis, keep(c)) : c.x().argmin(axis, keep(c));
  }

  private static Tensor differences(Call c) {
    Tensor x = c.x();
    for (int i = 0; i < c.integer("n"); i++) {
      x = x.diff(c.integer("dim"));
    }
    return x;
  }

  /// Values only: PyTorch picks any of several equal elements.
  private static Tensor median(Call c) {
    if (!c.has("dim")) {
      return c.x().flatten().median(0);
    }
    Tensor middle = c.x().median(c.integer("dim"));
    return keep(c) && c.x().rank() > 0 ? middle.unsqueeze(c.integer("dim")) : middle;
  }
}
