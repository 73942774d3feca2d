package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.ScatterReduction;
import org.teenygrad.Shape;
import org.teenygrad.Slice;
import org.teenygrad.Tensor;

/// Functions that read and write at positions.
final class TorchIndexing {
  private TorchIndexing() {}

  static void fill(Torch.Table t) {
    t.one("__getitem__(input, index)", c -> c.x().index(slices(c)));
    t.one("__setitem__(input, index, value)", c -> c.x().at(slices(c)).assign(c.tensor("value")));
    t.one("gather(input, dim, index)", c -> c.x().gather(c.integer("dim"), c.tensor("index")));
    t.one("take(input, index)", c -> c.x().take(c.tensor("index")));
    t.one("take_along_dim(input, indices, dim=None)", c -> c.has("dim")
        ? c.x().takeAlongDim(c.tensor("indices"), c.integer("dim"))
        : c.x().flatten().takeAlongDim(c.tensor("indices").flatten(), 0));
    t.one("index_select(input, dim, index)", c -> c.x().indexSelect(c.integer("dim"), c.tensor("index")));
    t.one("masked_fill(input, mask, value)", c -> c.get("value") instanceof Tensor value
        ? c.tensor("mask").where(value.cast(c.x().dtype()), c.x())
        : c.x().maskedFill(c.tensor("mask"), c.number("value")));
    t.one("masked_select(input, mask)", c -> c.x().maskedSelect(c.tensor("mask")));
    t.several("nonzero argwhere(input, as_tuple=False)", c ->
        c.flag("as_tuple") ? c.x().nonzero().unbind(1) : List.of(c.x().nonzero()));
    t.one("scatter(input, dim, index, src|value, reduce='')", TorchIndexing::scatter);
    t.one("scatter_add(input, dim, index, src)", c -> c.x().scatterAdd(c.integer("dim"), c.tensor("index"), source(c)));
    t.one("scatter_reduce(input, dim, index, src, reduce, include_self=True)", c -> c.x().scatterReduce(
        c.integer("dim"), c.tensor("index"), source(c), reduction(c.text("reduce")), c.flag("include_self")));
    t.one("index_add(input, dim, index, source, alpha=1)", c -> c.x().indexAdd(
        c.integer("dim"), c.tensor("index"), c.isOne("alpha") ? c.tensor("source") : c.tensor("source").mul(c.number("alpha"))));
    t.one("index_fill(input, dim, index, value)", c ->
        c.x().indexFill(c.integer("dim"), c.tensor("index"), c.number("value")));
    t.one("index_copy(input, dim, index, source)", c -> c.x().indexCopy(c.integer("dim"), c.tensor("index"), c.tensor("source")));
    t.one("masked_scatter(input, mask, source)", c -> c.x().maskedScatter(c.tensor("mask"), c.tensor("source")));
    t.one("index_put(input, indices, values, accumulate=False)", TorchIndexing::put);
    t.one("select_scatter(input, src, dim, index)", c ->
        c.x().at(alone(c, Slice.at(c.integer("index")))).with(c.tensor("src")));
    t.one("slice_scatter(input, src, dim=0, start=None, end=None, step=1)", c ->
        c.x().at(alone(c, new Slice.Part(bound(c, "start"), bound(c, "end"), c.integer("step")))).with(c.tensor("src")));
    t.one("embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False)", TorchIndexing::embedding);
    t.one("one_hot(input, num_classes=-1)", c -> {
      int classes = c.integer("num_classes");
      return c.x().oneHot(classes >= 0 ? classes : (int) c.x().max().itemLong() + 1);
    });
  }

  private static Tensor embedding(Call c) {
    if (c.has("max_norm") || c.flag("scale_grad_by_freq")) {
      throw new Call.Unsupported("embedding: max_norm or scale_grad_by_freq");
    }
    Tensor weight = c.tensor("weight");
    return c.has("padding_idx") ? weight.embedding(c.x(), c.integer("padding_idx")) : weight.embedding(c.x());
  }

  private static @Nullable Integer bound(Call c, String name) {
    return c.has(name) ? (Integer) c.integer(name) : null;
  }

  /// A slice of one axis, all others whole.
  private static Slice[] alone(Call c, Slice slice) {
    List<Slice> slices = new ArrayList<>(Collections.nCopies(c.x().shape().axis(c.integer("dim")), Slice.ALL));
    slices.add(slice);
    return slices.toArray(Slice[]::new);
  }

  private static ScatterReduction reduction(String name) {
    return switch (name) {
      case "sum", "add" -> ScatterReduction.SUM;
      case "prod", "multiply" -> ScatterReduction.PROD;
      case "mean" -> ScatterReduction.MEAN;
      case "amax" -> ScatterReduction.MAX;
      case "amin" -> ScatterReduction.MIN;
      default -> throw new IllegalArgumentException("scatter_reduce: reduction " + name);
    };
  }

  private static Tensor source(Call c) {
    Tensor source = c.tensor("src");
    if (source.dtype() != c.x().dtype()) {
      throw new IllegalArgumentException(c.function() + ": a source of " + source.dtype() + " for " + c.x().dtype());
    }
    return source;
  }

  private static Tensor scatter(Call c) {
    int axis = c.integer("dim");
    Tensor index = c.tensor("index");
    Tensor source = c.isNumber("src") ? Tensor.full(index.shape(), c.number("src"), c.x().dtype()) : source(c);
    String reduce = c.text("reduce");
    return reduce.isEmpty()
        ? c.x().scatter(axis, index, source)
        : c.x().scatterReduce(axis, index, source, reduction(reduce), true);
  }

  private static Tensor put(Call c) {
    if (c.flag("accumulate")) {
      return c.x().indexPut(c.tensor("values"), true, c.tensors("indices").toArray(Tensor[]::new));
    }
    Slice[] positions = c.tensors("indices").stream().map(Slice::at).toArray(Slice[]::new);
    return c.x().at(positions).with(c.tensor("values"));
  }

  private static Slice[] slices(Call c) {
    Object index = c.get("index");
    List<?> parts = index instanceof Tuple tuple ? tuple : Collections.singletonList(index);
    return parts.stream().map(part -> slice(part, c.x())).toArray(Slice[]::new);
  }

  private static Slice slice(@Nullable Object part, Tensor x) {
    return switch (part) {
      case null -> Slice.NEW_AXIS;
      case Long i -> Slice.at(i.intValue());
      case Boolean mask -> Slice.at(Tensor.full(Shape.SCALAR, mask).to(x.device()));
      case Tensor positions -> Slice.at(positions);
      case Call.SliceArgument s -> new Slice.Part(s.begin(), s.end(), s.step());
      case List<?> list -> Slice.at(Lists.tensor(list, list.stream().allMatch(Boolean.class::isInstance) && !list.isEmpty()
          ? DType.BOOL : DType.INT64).to(x.device()));
      case String text when text.equals(Call.ELLIPSIS) -> Slice.ELLIPSIS;
      default -> throw new Call.Unsupported("index " + part);
    };
  }
}
