package org.teenygrad.golden;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Tensors of constants and of numbers in a row.
final class TorchCreation {
  private TorchCreation() {}

  static void fill(Torch.Table t) {
    t.one("tensor as_tensor asarray(data, dtype=None)", c -> tensor(c.get("data"), c.dtype("dtype")));
    t.one("arange(start=None, end=None, step=1, dtype=None)", TorchCreation::arange);
    t.one("linspace(start, end, steps, dtype='float32')", TorchCreation::linspace);
    t.one("logspace(start, end, steps, base=10.0, dtype='float32')", c ->
        Tensor.logspace(c.real("start"), c.real("end"), c.integer("steps"), c.real("base")).cast(type(c)));
    t.one("tril_indices(row, col, offset=0)", c -> Tensor.trilIndices(c.integer("row"), c.integer("col"), c.integer("offset")));
    t.one("triu_indices(row, col, offset=0)", c -> Tensor.triuIndices(c.integer("row"), c.integer("col"), c.integer("offset")));
    t.one("eye(n, m=None, dtype='float32')", c ->
        Tensor.eye(c.integer("n"), c.integer(c.has("m") ? "m" : "n")).cast(type(c)));
    t.one("ones(*size, dtype='float32')", c -> Tensor.full(shape(c), 1, type(c)));
    t.one("zeros(*size, dtype='float32')", c -> Tensor.full(shape(c), 0, type(c)));
    t.one("empty(*size, dtype='float32')", c -> Tensor.full(shape(c), 0, type(c)));
    t.one("full(size, fill_value, dtype=None)", c -> filled(shape(c), c, c.dtype("dtype")));
    t.one("full_like(input, fill_value, dtype=None)", c -> filled(c.x().shape(), c, like(c)));
    t.one("zeros_like empty_like(input, dtype=None)", c -> c.x().zerosLike(like(c)));
    t.one("ones_like(input, dtype=None)", c -> c.x().onesLike(like(c)));
    t.one("new_zeros new_empty(input, *size, dtype=None)", c -> Tensor.full(shape(c), 0, like(c)));
    t.one("new_ones(input, *size, dtype=None)", c -> Tensor.full(shape(c), 1, like(c)));
    t.one("new_full(input, size, fill_value, dtype=None)", c -> filled(shape(c), c, like(c)));
    t.one("fill(input, value|fill_value)", c -> c.tensor("value").cast(c.x().dtype()).broadcastTo(c.x().shape()));
    t.one("zero(input)", c -> c.x().zerosLike());
    t.one("copy(input, src)", c -> c.tensor("src"));
  }

  private static Shape shape(Call c) {
    return Shape.of(c.sizes("size"));
  }

  private static DType type(Call c) {
    DType type = c.dtype("dtype");
    return type == null ? DType.FLOAT32 : type;
  }

  private static DType like(Call c) {
    DType type = c.dtype("dtype");
    return type == null ? c.x().dtype() : type;
  }

  /// The value says the type where nothing else does.
  private static Tensor filled(Shape shape, Call c, @Nullable DType type) {
    DType own = c.get("fill_value") instanceof Boolean ? DType.BOOL : c.get("fill_value") instanceof Long ? DType.INT64 : DType.FLOAT32;
    return Tensor.full(shape, c.number("fill_value"), type == null ? own : type);
  }

  private static Tensor arange(Call c) {
    boolean one = !c.has("end");
    double start = one || !c.has("start") ? 0 : c.real("start");
    double end = c.real(one ? "start" : "end");
    double step = c.real("step");
    DType type = c.dtype("dtype");
    boolean whole = Stream.of("start", "end", "step").map(c::get).allMatch(n -> n == null || n instanceof Long);
    Tensor values = whole ? Tensor.arange((int) start, (int) end, (int) step) : Tensor.arange(start, end, step);
    return type == null ? values : values.cast(type);
  }

  private static Tensor linspace(Call c) {
    DType type = type(c);
    if (type == DType.BOOL) {
      throw new IllegalArgumentException("linspace: there are no numbers between bools");
    }
    return Tensor.linspace(c.real("start"), c.real("end"), c.integer("steps")).cast(type);
  }

  /// Nested lists of numbers: `torch.tensor`.
  static Tensor tensor(@Nullable Object value, @Nullable DType wanted) {
    if (value instanceof Tensor made) {
      return wanted == null ? made : made.cast(wanted);
    }
    List<@Nullable Object> flat = Lists.flat(value);
    DType type = wanted != null ? wanted
        : flat.isEmpty() || flat.stream().anyMatch(v -> v instanceof Double || v instanceof Tensor) ? DType.FLOAT32
        : flat.stream().allMatch(Boolean.class::isInstance) ? DType.BOOL : DType.INT64;
    return Lists.tensor(value, type);
  }
}
