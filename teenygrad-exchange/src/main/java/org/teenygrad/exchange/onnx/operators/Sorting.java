package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.teenygrad.Sorted;
import org.teenygrad.Tensor;

/// What puts elements in order.
final class Sorting {
  private Sorting() {}

  /// Of equal elements the first come first.
  static List<Value> largest(Call call) {
    Tensor x = Arithmetic.ordered(call.type(0), call.in(0));
    int axis = Shapes.position(x, call.axis("axis", -1));
    int count = Call.clamped(call.number(1));
    if (count < 0 || count > x.size(axis)) {
      throw new IllegalArgumentException("the " + count + " largest of " + x.size(axis) + " elements are wanted");
    }
    Sorted sorted = x.sort(axis, call.flag("largest", true));
    return List.of(
        call.alike(Arithmetic.ordered(call.type(0), sorted.values().slice(axis, 0, count))), Value.ofLongs(sorted.indices().slice(axis, 0, count)));
  }

  /// How many there are depends on values, so that this is computed at once.
  static List<Value> unique(Call call) {
    Tensor x = call.in(0);
    boolean flat = !call.hasAttribute("axis");
    int axis = flat ? 0 : Shapes.position(x, call.axis("axis", 0));
    Tensor rows = flat ? x.reshape(-1, 1) : x.movedim(axis, 0).reshape(x.size(axis), -1);
    int width = rows.size(1);
    double[] values = rows.toDoubleArray();
    Map<List<Double>, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < rows.size(0); i++) {
      List<Double> row = Arrays.stream(values, i * width, (i + 1) * width).boxed().toList();
      places.computeIfAbsent(row, key -> new ArrayList<>()).add(i);
    }
    List<Map.Entry<List<Double>, List<Integer>>> found = new ArrayList<>(places.entrySet());
    if (call.flag("sorted", true)) {
      found.sort(Map.Entry.comparingByKey(Comparator.comparing(row -> row.stream().mapToDouble(Double::doubleValue).toArray(), Arrays::compare)));
    }
    long[] first = found.stream().mapToLong(entry -> entry.getValue().getFirst()).toArray();
    long[] counts = found.stream().mapToLong(entry -> entry.getValue().size()).toArray();
    long[] inverse = new long[rows.size(0)];
    IntStream.range(0, found.size()).forEach(i -> found.get(i).getValue().forEach(place -> inverse[place] = i));
    Tensor result = (flat ? x.flatten() : x).indexSelect(axis, call.tensorOf(first));
    return List.of(call.alike(result), Value.of(call.tensorOf(first)), Value.of(call.tensorOf(inverse)), Value.of(call.tensorOf(counts)));
  }
}
