package org.teenygrad.golden;

import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Sorted;
import org.teenygrad.Tensor;

/// Reductions, running reductions, sorting, products of matrices.
final class TorchReductions {
  private TorchReductions() {}

  static void fill(Torch.Table t) {
    t.one("sum", c -> typed(c).sum(c.flag(2, "keepdim"), c.sizes(1, "dim")));
    t.one("mean", c -> typed(c).mean(c.flag(2, "keepdim"), c.sizes(1, "dim")));
    t.one("prod", c -> typed(c).prod(c.flag(2, "keepdim"), c.sizes(1, "dim")));
    t.one("amax", c -> c.x().max(c.flag(2, "keepdim"), c.sizes(1, "dim")));
    t.one("amin", c -> c.x().min(c.flag(2, "keepdim"), c.sizes(1, "dim")));
    t.several("max", c -> extreme(c, true));
    t.several("min", c -> extreme(c, false));
    t.one("argmax", c -> position(c, true));
    t.one("argmin", c -> position(c, false));
    t.one("any", c -> c.x().any(c.flag(2, "keepdim"), c.sizes(1, "dim")));
    t.one("all", c -> c.x().all(c.flag(2, "keepdim"), c.sizes(1, "dim")));
    t.one("var", c -> c.x().var(c.integer(9, "correction", 1), c.flag(9, "keepdim"), c.sizes(1, "dim")));
    t.one("std", c -> c.x().std(c.integer(9, "correction", 1), c.flag(9, "keepdim"), c.sizes(1, "dim")));
    t.several("std_mean", c -> List.of(
        c.x().std(c.integer(9, "correction", 1), c.flag(9, "keepdim"), c.sizes(1, "dim")),
        c.x().mean(c.flag(9, "keepdim"), c.sizes(1, "dim"))));
    t.one("norm", c -> c.x().norm(c.real(1, "p", 2), c.flag(3, "keepdim"), c.sizes(2, "dim")));
    t.one("logsumexp", c -> c.x().logsumexp(c.flag(2, "keepdim"), c.sizes(1, "dim")));
    t.one("softmax", c -> c.x().softmax(c.integer(1, "dim", -1)));
    t.one("log_softmax", c -> c.x().logSoftmax(c.integer(1, "dim", -1)));

    t.one("cumsum", c -> c.x().cumsum(c.integer(1, "dim", 0)));
    t.one("cumprod", c -> c.x().cumprod(c.integer(1, "dim", 0)));
    t.one("logcumsumexp", c -> c.x().logcumsumexp(c.integer(1, "dim", 0)));
    t.several("cummax", c -> {
      Sorted running = c.x().cummaxWithIndices(c.integer(1, "dim", 0));
      return List.of(running.values(), running.indices());
    });
    t.several("sort", c -> both(c.x().sort(c.integer(1, "dim", -1), c.flag(2, "descending"))));
    t.one("argsort", c -> c.x().sort(c.integer(1, "dim", -1), c.flag(2, "descending")).indices());
    t.several("topk", c -> both(c.has(3, "largest") && !c.flag(3, "largest")
        ? c.x().topk(c.integer(1, "k", 1), c.integer(2, "dim", -1), false)
        : c.x().topk(c.integer(1, "k", 1), c.integer(2, "dim", -1))));

    t.binary("matmul __matmul__ mm bmm", Tensor::matmul);
    t.binary("dot", Tensor::dot);
    t.binary("outer", Tensor::outer);
    t.one("functional.einsum einsum", c ->
        Tensor.einsum(c.text(0, "equation", ""), c.tensors(1, "operands").toArray(Tensor[]::new)));
    t.one("linear", c -> c.x().linear(c.tensor(1, "weight"), c.optional(2, "bias")));
    t.one("solve", c -> c.x().solve(c.tensor(1, "B")));
    t.unary("inv", Tensor::inv);
    t.unary("det", Tensor::det);
    t.unary("cholesky", Tensor::cholesky);
    t.unary("svdvals", Tensor::svdvals);
    t.unary("eigvalsh", Tensor::eigvalsh);
    t.one("lstsq", c -> c.x().lstsq(c.tensor(1, "B")));

    t.one("arange", TorchReductions::arange);
    t.one("linspace", TorchReductions::linspace);
    t.one("eye", c -> Tensor.eye(c.integer(0, "n", 0), c.integer(1, "m", c.integer(0, "n", 0))));
    t.one("ones", c -> Tensor.full(Shape.of(c.integers(0, "size")), 1, type(c)));
    t.one("zeros empty", c -> Tensor.full(Shape.of(c.integers(0, "size")), 0, type(c)));
    t.one("full", c -> Tensor.full(Shape.of(c.sizes(0, "size")), c.number(1, "fill_value", 0), type(c)));
    t.one("full_like", c -> c.x().fullLike(c.number(1, "fill_value", 0)));
    t.unary("zeros_like", Tensor::zerosLike);
    t.unary("ones_like", Tensor::onesLike);
  }

  private static Tensor typed(Call c) {
    DType type = c.dtype("dtype");
    return type == null ? c.x() : c.x().cast(type);
  }

  static DType type(Call c) {
    DType type = c.dtype("dtype");
    return type == null ? DType.FLOAT32 : type;
  }

  static List<Tensor> both(Sorted sorted) {
    return List.of(sorted.values(), sorted.indices());
  }

  private static List<Tensor> extreme(Call c, boolean largest) {
    Tensor x = c.x();
    if (c.get(1, "other") instanceof Tensor other) {
      return List.of(largest ? x.maximum(other) : x.minimum(other));
    }
    if (!c.has(1, "dim")) {
      return List.of(largest ? x.max() : x.min());
    }
    int axis = c.integer(1, "dim", 0);
    Tensor position = largest ? x.argmax(axis, true) : x.argmin(axis, true);
    Tensor value = x.gather(axis, position); // one of several equal ones gets the gradient
    return c.flag(2, "keepdim") ? List.of(value, position) : List.of(value.squeeze(axis), position.squeeze(axis));
  }

  private static Tensor position(Call c, boolean largest) {
    if (!c.has(1, "dim")) {
      return largest ? c.x().argmax() : c.x().argmin();
    }
    int axis = c.integer(1, "dim", 0);
    return largest ? c.x().argmax(axis, c.flag(2, "keepdim")) : c.x().argmin(axis, c.flag(2, "keepdim"));
  }

  private static Tensor arange(Call c) {
    boolean one = c.args().size() == 1;
    double start = one ? 0 : c.real(0, "start", 0);
    double end = one ? c.real(0, "end", 0) : c.real(1, "end", 0);
    double step = c.real(2, "step", 1);
    DType type = c.dtype("dtype");
    boolean whole = IntStream.range(0, c.args().size()).allMatch(i -> c.args().get(i) instanceof Long);
    Tensor values = whole ? Tensor.arange((int) start, (int) end, (int) step) : Tensor.arange(start, end, step);
    return type == null ? values : values.cast(type);
  }

  private static Tensor linspace(Call c) {
    DType type = type(c);
    if (type == DType.BOOL) {
      throw new IllegalArgumentException("linspace: there are no numbers between bools");
    }
    return Tensor.linspace(c.real(0, "start", 0), c.real(1, "end", 0), c.integer(2, "steps", 0)).cast(type);
  }
}
