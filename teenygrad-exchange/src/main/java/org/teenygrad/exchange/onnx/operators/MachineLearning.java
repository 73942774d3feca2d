package org.teenygrad.exchange.onnx.operators;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.TensorData;

/// Operators of models that are no networks.
final class MachineLearning {
  private MachineLearning() {}

  static void addTo(OperatorTable table) {
    table.gives("TfIdfVectorizer", 9, ElementType.FLOAT, MachineLearning::ngrams);
    table.domain("ai.onnx.ml");
    table.alike("ArrayFeatureExtractor", 1, call -> {
      Tensor picked = call.in(0).index(positions(call)).unsqueeze(0);
      return call.in(0).rank() == 1 ? picked : picked.squeeze(0);
    });
    table.alike("Binarizer", 1, call -> call.in(0).gt(call.real("threshold", 0)).cast(call.in(0).dtype()));
    table.value("LabelEncoder", 2, MachineLearning::encode);
    table.alike("TreeEnsemble", 5, TreeEnsembles::evaluate);
  }

  private static @Nullable Tensor[] positions(Call call) {
    @Nullable Tensor[] index = new @Nullable Tensor[call.in(0).rank()];
    index[index.length - 1] = call.in(1).flatten();
    return index;
  }

  /// How often each n-gram of a pool occurs, with so many elements left out between its own at most. Counted at once, on the host.
  private static Tensor ngrams(Call call) {
    long[] pool = call.numbers("pool_int64s");
    if (pool == null) {
      throw new UnsupportedOperationException("n-grams of strings");
    }
    Tensor x = call.in(0);
    long[] values = call.longs(0);
    int rows = x.rank() == 2 ? x.size(0) : 1;
    int length = x.size(-1);
    long[] starts = Call.required(call.numbers("ngram_counts"), "ngram_counts");
    int[] places = Call.ints(Call.required(call.numbers("ngram_indexes"), "ngram_indexes"));
    int shortest = Call.clamped(call.number("min_gram_length"));
    int longest = Math.min(Call.clamped(call.number("max_gram_length")), starts.length);
    int columns = Arrays.stream(places).max().orElse(-1) + 1;
    float[] counts = new float[Math.multiplyExact(rows, columns)];
    int gram = 0;
    for (int n = 1; n <= starts.length; n++) {
      int begin = Call.clamped(starts[n - 1]);
      int end = n < starts.length ? Call.clamped(starts[n]) : pool.length;
      for (int at = begin; at + n <= end; at += n, gram++) {
        for (int skip = 0; n >= shortest && n <= longest && skip <= (n == 1 ? 0 : call.number("max_skip_count")); skip++) {
          for (int i = 0; i < rows * length; i++) {
            counts[i / length * columns + places[gram]] += occurs(values, i, i / length * length + length, skip + 1, pool, at, n) ? 1 : 0;
          }
        }
      }
    }
    weigh(call, counts, places, columns);
    return Tensor.of(counts, x.rank() == 2 ? Shape.of(rows, columns) : Shape.of(columns), call.device());
  }

  private static boolean occurs(long[] values, int begin, int end, int step, long[] pool, int at, int n) {
    return begin + (long) (n - 1) * step < end && IntStream.range(0, n).allMatch(k -> values[begin + k * step] == pool[at + k]);
  }

  private static void weigh(Call call, float[] counts, int[] places, int columns) {
    float[] weights = call.reals("weights");
    String mode = call.text("mode", "TF");
    float[] perColumn = new float[columns];
    for (int i = 0; i < places.length; i++) {
      perColumn[places[i]] = weights == null ? 1 : weights[i];
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] = switch (mode) {
        case "TF" -> counts[i];
        case "IDF" -> Math.min(counts[i], 1) * perColumn[i % columns];
        default -> counts[i] * perColumn[i % columns];
      };
    }
  }

  /// Numbers for numbers: keys in order, so that each is found by bisection.
  private static Value encode(Call call) {
    Value.OfTensor keys = table(call, "keys");
    Value.OfTensor values = table(call, "values");
    double[] given = keys.tensor().toDoubleArray();
    long[] order = IntStream.range(0, given.length).boxed()
        .sorted(Comparator.comparingDouble(i -> given[i])).mapToLong(Integer::longValue).toArray();
    Tensor sorted = keys.tensor().index(call.tensorOf(order));
    Tensor results = values.tensor().index(call.tensorOf(order));
    Tensor x = call.in(0).cast(sorted.dtype());
    Tensor at = sorted.searchsorted(x, false).clampMax(given.length - 1);
    Tensor found = sorted.index(at).eq(x);
    return new Value.OfTensor(values.type(), found.where(results.index(at), otherwise(call, values.type())));
  }

  private static Value.OfTensor table(Call call, String kind) {
    TensorData data = call.tensor(kind + "_tensor");
    long[] numbers = call.numbers(kind + "_int64s");
    float[] reals = call.reals(kind + "_floats");
    if (data != null) {
      return call.tensors().value(data, call.device());
    }
    if (numbers != null) {
      return Value.of(call.tensorOf(numbers));
    }
    if (reals != null) {
      return Value.of(Tensor.of(reals, Shape.of(reals.length), call.device()));
    }
    throw new UnsupportedOperationException("labels that are strings");
  }

  private static Tensor otherwise(Call call, ElementType type) {
    TensorData data = call.tensor("default_tensor");
    if (data != null) {
      return call.tensors().value(data, call.device()).tensor().reshape(new int[0]);
    }
    DType carrier = type.carrier();
    return carrier.isFloating()
        ? Tensor.full(Shape.SCALAR, call.real("default_float", 0), carrier) : Tensor.full(Shape.SCALAR, call.number("default_int64", -1), carrier);
  }

}
