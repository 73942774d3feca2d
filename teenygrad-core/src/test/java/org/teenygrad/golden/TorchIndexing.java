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
    t.one("__getitem__", TorchIndexing::item);
    t.one("tensor", TorchIndexing::tensor);
    t.one("gather", c -> c.x().gather(c.integer(1, "dim", 0), c.tensor(2, "index")));
    t.one("index_select", c -> c.x().indexSelect(c.integer(1, "dim", 0), c.tensor(2, "index")));
    t.one("masked_fill", c -> c.x().maskedFill(c.tensor(1, "mask"), c.number(2, "value", 0)));
    t.one("masked_select", c -> c.x().maskedSelect(c.tensor(1, "mask")));
    t.unary("nonzero", Tensor::nonzero);
    t.one("scatter", TorchIndexing::scatter);
    t.one("scatter_add", c -> c.x().scatterAdd(c.integer(1, "dim", 0), c.tensor(2, "index"), source(c)));
    t.one("scatter_reduce", c -> c.x().scatterReduce(
        c.integer(1, "dim", 0), c.tensor(2, "index"), source(c), reduction(c.text(4, "reduce", "")),
        !Boolean.FALSE.equals(c.get(5, "include_self"))));
    t.one("embedding", c -> c.tensor(1, "weight").embedding(c.x()));
    t.one("one_hot", c -> {
      int classes = c.integer(1, "num_classes", -1);
      return c.x().oneHot(classes >= 0 ? classes : (int) c.x().max().itemLong() + 1);
    });
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
    Tensor source = c.tensor(3, "src");
    if (source.dtype() != c.x().dtype()) {
      throw new IllegalArgumentException(c.function() + ": a source of " + source.dtype() + " for " + c.x().dtype());
    }
    return source;
  }

  private static Tensor scatter(Call c) {
    int axis = c.integer(1, "dim", 0);
    Tensor index = c.tensor(2, "index");
    boolean number = c.has(9, "value") || c.isNumber(3, "src");
    Tensor source = number
        ? Tensor.full(index.shape(), c.has(9, "value") ? c.real(9, "value", 0) : c.real(3, "src", 0), c.x().dtype())
        : source(c);
    String reduce = c.text(4, "reduce", "");
    return reduce.isEmpty()
        ? c.x().scatter(axis, index, source)
        : c.x().scatterReduce(axis, index, source, reduction(reduce), true);
  }

  private static Tensor item(Call c) {
    Object index = c.args().size() > 1 ? c.args().get(1) : null;
    List<?> parts = index instanceof Tuple tuple ? tuple : Collections.singletonList(index);
    List<Slice> slices = new ArrayList<>();
    for (Object part : parts) {
      slices.add(slice(part, c.x()));
    }
    return c.x().index(slices.toArray(Slice[]::new));
  }

  private static Slice slice(@Nullable Object part, Tensor x) {
    return switch (part) {
      case null -> Slice.NEW_AXIS;
      case Long i -> Slice.at(i.intValue());
      case Tensor positions -> Slice.at(positions);
      case Call.SliceArgument s -> new Slice.Part(s.begin(), s.end(), s.step());
      case List<?> list -> Slice.at(array(list, DType.INT64).to(x.device()));
      case String text when text.equals(Call.ELLIPSIS) -> Slice.ELLIPSIS;
      default -> throw new Call.Unsupported("index " + part);
    };
  }

  private static Tensor tensor(Call c) {
    Object value = c.args().getFirst();
    List<Object> flat = new ArrayList<>();
    flatten(value, flat);
    DType type = c.dtype("dtype");
    if (type == null) {
      type = flat.stream().anyMatch(Double.class::isInstance) || flat.isEmpty() ? DType.FLOAT32
          : flat.stream().allMatch(Boolean.class::isInstance) ? DType.BOOL : DType.INT64;
    }
    return value instanceof List<?> list ? array(list, type) : array(List.of(value == null ? 0L : value), type).reshape(Shape.SCALAR);
  }

  /// A tensor of nested lists.
  private static Tensor array(List<?> list, DType type) {
    List<Integer> shape = new ArrayList<>();
    for (Object level = list; level instanceof List<?> inner; level = inner.isEmpty() ? null : inner.getFirst()) {
      shape.add(inner.size());
    }
    List<Object> flat = new ArrayList<>();
    flatten(list, flat);
    double[] values = flat.stream()
        .mapToDouble(v -> v instanceof Boolean b ? (b ? 1 : 0) : ((Number) v).doubleValue()).toArray();
    return Tensor.of(values, Shape.of(shape).toArray()).cast(type).detach();
  }

  private static void flatten(@Nullable Object value, List<Object> flat) {
    if (value instanceof List<?> list) {
      list.forEach(element -> flatten(element, flat));
    } else if (value != null) {
      flat.add(value);
    }
  }
}
