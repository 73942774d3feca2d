package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.QuantileMode;
import org.teenygrad.Sorted;
import org.teenygrad.Spread;
import org.teenygrad.Tensor;
import org.teenygrad.Unique;

/// Reductions, running reductions and sorting.
final class TorchReductions {
  private static final String OVER = "(input, dim=None, keepdim=False)";
  private static final String TYPED = "(input, dim=None, keepdim=False, dtype=None)";
  private static final String SPREAD = "(input, dim=None, unbiased=None, keepdim=False, correction=None)";

  private TorchReductions() {}

  static void fill(Torch.Table t) {
    t.one("sum" + TYPED, c -> typed(c).sum(axes(c), keep(c)));
    t.one("mean" + TYPED, c -> typed(c).mean(axes(c), keep(c)));
    t.one("prod" + TYPED, c -> typed(c).prod(axes(c), keep(c)));
    t.one("amax" + OVER, c -> c.x().max(axes(c), keep(c)));
    t.one("amin" + OVER, c -> c.x().min(axes(c), keep(c)));
    t.several("aminmax" + OVER, c -> List.of(c.x().min(axes(c), keep(c)), c.x().max(axes(c), keep(c))));
    t.several("max(input, dim|other=None, keepdim=False)", c -> extreme(c, true));
    t.several("min(input, dim|other=None, keepdim=False)", c -> extreme(c, false));
    t.one("argmax" + OVER, c -> position(c, true));
    t.one("argmin" + OVER, c -> position(c, false));
    t.one("any" + OVER, c -> c.x().any(axes(c), keep(c)));
    t.one("all" + OVER, c -> c.x().all(axes(c), keep(c)));
    t.one("count_nonzero(input, dim=None)", c -> c.x().countNonzero(axes(c)));
    t.one("nansum(input, dim=None, keepdim=False)", c -> kept(c, c.x().nansum(axes(c))));
    t.one("nanmean(input, dim=None, keepdim=False)", c -> kept(c, c.x().nanmean(axes(c))));
    t.one("quantile(input, q, dim=None, keepdim=False, interpolation='linear')", TorchReductions::quantile);
    t.one("nanquantile(input, q, dim=None, keepdim=False, interpolation='linear')", TorchReductions::quantile);
    t.several("unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None)", TorchReductions::unique);
    t.several("_unique2(input, sorted=True, return_inverse=False, return_counts=False)", TorchReductions::unique);
    t.several("unique_consecutive(input, return_inverse=False, return_counts=False, dim=None)", TorchReductions::unique);
    t.one("bincount(input, weights=None, minlength=0)", c -> c.has("weights")
        ? c.x().bincount(c.tensor("weights"), c.integer("minlength")) : c.x().bincount(c.integer("minlength")));
    t.one("histc(input, bins=100, min=0, max=0)", c -> c.x().histc(c.integer("bins"), c.real("min"), c.real("max")));
    t.one("searchsorted(sorted_sequence, input, out_int32=False, right=False, side=None)", c ->
        counted(c, c.tensor("sorted_sequence").searchsorted(c.x(), c.flag("right") || c.text("side").equals("right"))));
    t.one("bucketize(input, boundaries, out_int32=False, right=False)", c ->
        counted(c, c.x().bucketize(c.tensor("boundaries"), c.flag("right"))));
    t.one("cov(input, correction=1, fweights=None, aweights=None)", c ->
        c.x().cov(c.integer("correction"), c.optional("fweights"), c.optional("aweights")));
    t.several("gradient(input, spacing=1, dim=None, edge_order=1)", TorchReductions::gradient);
    t.one("sum_to_size(input, *size)", c -> c.x().sumToSize(c.sizes("size")));
    t.unary("corrcoef", Tensor::corrcoef);
    t.one("trapezoid trapz(y, x=None, dx=1, dim=-1)", c -> c.has("x")
        ? c.tensor("y").trapezoid(c.tensor("x"), c.integer("dim")) : c.tensor("y").trapezoid(c.real("dx"), c.integer("dim")));
    t.one("cumulative_trapezoid(y, x=None, dx=1, dim=-1)", c -> c.has("x")
        ? c.tensor("y").cumulativeTrapezoid(c.tensor("x"), c.integer("dim")) : c.tensor("y").cumulativeTrapezoid(c.real("dx"), c.integer("dim")));
    t.one("isin(elements, test_elements)", c -> c.tensor("elements").isIn(c.tensor("test_elements")));
    t.one("cdist(x1, x2, p=2.0, compute_mode='')", c -> c.tensor("x1").cdist(c.tensor("x2"), c.real("p")));
    t.one("pairwise_distance(x1, x2, p=2.0, eps=1e-06, keepdim=False)", c ->
        keep(c) ? pairs(c).unsqueeze(-1) : pairs(c));
    t.one("cosine_similarity(x1, x2, dim=1, eps=1e-08)", c ->
        c.tensor("x1").cosineSimilarity(c.tensor("x2"), c.integer("dim"), c.real("eps")));
    t.one("normalize(input, p=2.0, dim=1, eps=1e-12)", c -> c.x().normalize(c.real("p"), c.integer("dim"), c.real("eps")));
    t.one("renorm(input, p, dim, maxnorm)", c -> c.x().renorm(c.real("p"), c.integer("dim"), c.real("maxnorm")));
    t.one("var" + SPREAD, c -> spread(c, false));
    t.one("std" + SPREAD, c -> spread(c, true));
    t.several("var_mean" + SPREAD, c -> both(c.x().varMean(spreadAxes(c), correction(c), keep(c))));
    t.several("std_mean" + SPREAD, c -> both(c.x().stdMean(spreadAxes(c), correction(c), keep(c))));
    t.one("linalg.norm(input, ord=None, dim=None, keepdim=False, dtype=None)", TorchReductions::linalgNorm);
    t.one("norm(input, p=2, dim=None, keepdim=False, dtype=None)", TorchReductions::norm);
    t.one("vector_norm(input, ord=2, dim=None, keepdim=False, dtype=None)", c -> typed(c).norm(c.real("ord"), axes(c), keep(c)));
    t.one("logsumexp" + OVER, c -> c.x().logsumexp(axes(c), keep(c)));
    t.one("softmax(input, dim=-1, dtype=None)", c -> typed(c).softmax(c.integer("dim")));
    t.one("softmin(input, dim=-1, dtype=None)", c -> typed(c).softmin(c.integer("dim")));
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
    t.several("median(input, dim=None, keepdim=False)", c -> median(c, Tensor::median, Tensor::medianWithIndices));
    t.several("nanmedian(input, dim=None, keepdim=False)", c -> median(c, Tensor::nanmedian, Tensor::nanmedianWithIndices));
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

  private static int correction(Call c) {
    boolean sample = c.get("dim") instanceof Boolean b ? b : !c.has("unbiased") || c.flag("unbiased");
    return c.has("correction") ? c.integer("correction") : sample ? 1 : 0;
  }

  private static List<Tensor> both(Spread spread) {
    return List.of(spread.spread(), spread.mean());
  }

  private static Tensor spread(Call c, boolean root) {
    return root ? c.x().std(spreadAxes(c), correction(c), keep(c)) : c.x().var(spreadAxes(c), correction(c), keep(c));
  }

  /// Of one vector, or of all elements where no axis is named.
  private static Tensor norm(Call c) {
    double p = switch (c.text("p")) {
      case "fro" -> 2;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> c.real("p");
    };
    return typed(c).norm(p, axes(c), keep(c));
  }

  /// Of matrices where there are two axes and a number or a name.
  private static Tensor linalgNorm(Call c) {
    int[] dim = c.has("dim") ? c.sizes("dim") : c.x().rank() == 2 ? new int[] {-2, -1} : new int[0];
    if (!c.has("ord")) {
      return typed(c).norm(2, axes(c), keep(c));
    }
    return dim.length == 2 ? TorchMatrices.norm(typed(c), c, dim, keep(c)) : typed(c).norm(c.real("ord"), axes(c), keep(c));
  }

  private static List<Tensor> extreme(Call c, boolean largest) {
    Tensor x = c.x();
    if (c.get("dim") instanceof Tensor other && other.rank() + other.numel() > 0) {
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

  private interface Middle {
    Tensor of(Tensor x, int axis);
  }

  private interface Placed {
    Sorted of(Tensor x, int axis);
  }

  private static List<Tensor> median(Call c, Middle middle, Placed placed) {
    if (!c.has("dim")) {
      return List.of(middle.of(c.x().flatten(), 0));
    }
    Sorted found = placed.of(c.x(), c.integer("dim"));
    return List.of(kept(c, found.values()), kept(c, found.indices()));
  }

  /// Of one axis or several, each with a distance or places of its own.
  private static List<Tensor> gradient(Call c) {
    Tensor x = c.x();
    int[] axes = c.has("dim") ? c.sizes("dim") : IntStream.range(0, x.rank()).toArray();
    List<Tensor> slopes = new ArrayList<>();
    for (int i = 0; i < axes.length; i++) {
      Object spacing = c.get("spacing") instanceof List<?> list ? list.get(list.size() == 1 ? 0 : i) : c.get("spacing");
      slopes.add(spacing instanceof Number distance
          ? x.gradient(distance.doubleValue(), axes[i], c.integer("edge_order")) : x.gradient((Tensor) Objects.requireNonNull(spacing), axes[i], c.integer("edge_order")));
    }
    return slopes;
  }

  /// A reduction with the axes that it took away, if they are to be kept.
  private static Tensor kept(Call c, Tensor reduced) {
    return keep(c) ? reduced.reshape(c.x().sum(axes(c), true).shape()) : reduced;
  }

  private static Tensor counted(Call c, Tensor places) {
    return c.flag("out_int32") ? places.toInt() : places;
  }

  private static Tensor pairs(Call c) {
    return c.tensor("x1").pairwiseDistance(c.tensor("x2"), c.real("p"), c.real("eps"));
  }

  private static Tensor quantile(Call c) {
    Tensor x = c.has("dim") ? c.x() : c.x().flatten();
    int axis = c.has("dim") ? c.integer("dim") : 0;
    double[] q = c.get("q") instanceof Tensor parts ? parts.toDoubleArray() : new double[] {c.real("q")};
    QuantileMode mode = QuantileMode.valueOf(c.text("interpolation").toUpperCase(Locale.ROOT));
    Tensor found = c.function().endsWith("nanquantile") ? x.nanquantile(q, axis, mode) : x.quantile(q, axis, mode);
    found = keep(c) ? found.unsqueeze(1 + x.shape().axis(axis)) : found;
    return c.get("q") instanceof Tensor parts && parts.rank() == 1 ? found : found.squeeze(0);
  }

  private static List<Tensor> unique(Call c) {
    Unique found = c.function().endsWith("consecutive")
        ? c.given("dim") ? c.x().uniqueConsecutive(c.integer("dim")) : c.x().uniqueConsecutive()
        : c.given("dim") ? c.x().unique(c.integer("dim")) : c.x().unique();
    List<Tensor> results = new ArrayList<>(List.of(found.values()));
    if (c.flag("return_inverse") || c.function().endsWith("_unique2")) {
      results.add(found.inverse());
    }
    if (c.flag("return_counts")) {
      results.add(found.counts());
    }
    return results;
  }
}
