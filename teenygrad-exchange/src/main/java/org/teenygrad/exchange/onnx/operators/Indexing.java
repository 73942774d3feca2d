package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.ScatterReduction;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// What reads and writes elements at positions that are data. Negative positions count from the end.
final class Indexing {
  private Indexing() {}

  static void addTo(OperatorTable table) {
    table.alike("Gather", 1, Indexing::gather);
    table.alike("GatherElements", 11, call -> {
      int axis = Shapes.position(call.in(0), call.axis("axis", 0));
      return call.in(0).gather(axis, wrapped(call.in(1), call.in(0).size(axis)));
    });
    table.alike("GatherND", 11, call -> gatherNd(call.in(0), call.in(1), call.axis("batch_dims", 0)));
    table.alike("Scatter", 9, Indexing::scatterElements);
    table.alike("ScatterElements", 11, Indexing::scatterElements);
    table.alike("ScatterND", 11, Indexing::scatterNd);
    table.alike("TensorScatter", 24, Indexing::tensorScatter);
    table.alike("Compress", 9, Indexing::compress);
    table.value("OneHot", 9, Indexing::oneHot);
  }

  private static Tensor wrapped(Tensor index, int size) {
    Tensor wide = index.cast(DType.INT64);
    return wide.lt(0).where(wide.add(size), wide);
  }

  private static Tensor gather(Call call) {
    Tensor x = call.in(0);
    int axis = Shapes.position(x, call.axis("axis", 0));
    @Nullable Tensor[] index = new @Nullable Tensor[axis + 1];
    index[axis] = call.in(1).cast(DType.INT64);
    return x.index(index);
  }

  private static Tensor gatherNd(Tensor x, Tensor indices, int batch) {
    int count = indices.size(-1);
    Shape places = Shape.of(Arrays.copyOf(indices.shape().toArray(), indices.rank() - 1));
    List<@Nullable Tensor> index = new ArrayList<>();
    for (int axis = 0; axis < batch; axis++) {
      int[] shape = new int[places.rank()];
      Arrays.fill(shape, 1);
      shape[axis] = places.size(axis);
      index.add(Tensor.arange(places.size(axis), DType.INT64).reshape(shape).broadcastTo(places));
    }
    for (int i = 0; i < count; i++) {
      index.add(indices.cast(DType.INT64).select(-1, i));
    }
    return x.index(index.toArray(new @Nullable Tensor[0]));
  }

  private static @Nullable ScatterReduction reduction(Call call) {
    return switch (call.text("reduction", "none")) {
      case "none" -> null;
      case "add" -> ScatterReduction.SUM;
      case "mul" -> ScatterReduction.PROD;
      case "max" -> ScatterReduction.MAX;
      case "min" -> ScatterReduction.MIN;
      default -> throw new IllegalArgumentException("there is no reduction '" + call.text("reduction", "") + "'");
    };
  }

  private static Tensor scatter(Tensor x, int axis, Tensor index, Tensor updates, @Nullable ScatterReduction reduction) {
    return reduction == null ? x.scatter(axis, index, updates) : x.scatterReduce(axis, index, updates, reduction, true);
  }

  private static Tensor scatterElements(Call call) {
    Tensor x = call.in(0);
    int axis = Shapes.position(x, call.axis("axis", 0));
    return scatter(x, axis, wrapped(call.in(1), x.size(axis)), call.in(2), reduction(call));
  }

  /// The axes that the indices name become one.
  private static Tensor scatterNd(Call call) {
    Tensor x = call.in(0);
    Tensor indices = call.in(1).cast(DType.INT64);
    int named = indices.size(-1);
    Tensor rows = Shapes.matrix(x, named);
    int[] flat = {Math.toIntExact(indices.numel() / Math.max(1, named)), named};
    Tensor places = indices.reshape(flat);
    Tensor position = call.tensorOf(new long[flat[0]]);
    for (int i = 0; i < named; i++) {
      position = position.mul(x.size(i)).add(wrapped(places.select(1, i), x.size(i)));
    }
    Tensor updates = call.in(2).reshape(flat[0], rows.size(1));
    return scatter(rows, 0, position.unsqueeze(1).broadcastTo(updates.shape()), updates, reduction(call)).reshape(x.shape());
  }

  /// Writes parts of a cache of keys or values, at a position for each text.
  private static Tensor tensorScatter(Call call) {
    Tensor cache = call.in(0);
    Tensor update = call.in(1);
    int axis = Shapes.position(cache, call.axis("axis", -2));
    int[] shape = new int[cache.rank()];
    Arrays.fill(shape, 1);
    shape[axis] = update.size(axis);
    Tensor index = Tensor.arange(update.size(axis), DType.INT64).reshape(shape);
    if (call.has(2)) {
      Arrays.fill(shape, 1);
      shape[0] = cache.size(0);
      index = index.add(call.in(2).reshape(shape));
    }
    if (call.text("mode", "linear").equals("circular")) {
      index = index.remainder(cache.size(axis));
    }
    return cache.scatter(axis, index.broadcastTo(update.shape()), update);
  }

  /// How many there are depends on values, which are computed at once.
  private static Tensor compress(Call call) {
    boolean flat = !call.hasAttribute("axis");
    Tensor x = flat ? call.in(0).flatten() : call.in(0);
    long[] wanted = call.longs(1);
    long[] positions = LongStream.range(0, wanted.length).filter(i -> wanted[(int) i] != 0).toArray();
    return x.indexSelect(flat ? 0 : Shapes.position(x, call.axis("axis", 0)), call.tensorOf(positions));
  }

  /// Positions beyond all classes are none of them.
  private static Value oneHot(Call call) {
    int classes = Call.clamped((long) call.doubles(1)[0]);
    Tensor index = wrapped(call.in(0), classes);
    int rank = index.rank() + 1;
    int axis = call.axis("axis", -1);
    int at = axis < 0 ? axis + rank : axis;
    int[] shape = IntStream.range(0, rank).map(i -> i == at ? classes : 1).toArray();
    Tensor hit = index.unsqueeze(at).eq(Tensor.arange(classes, DType.INT64).reshape(shape));
    Tensor values = call.in(2);
    return Value.of(call.type(2), hit.where(values.select(0, 1), values.select(0, 0)));
  }
}
