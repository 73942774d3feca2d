package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The keys and values of all tokens that have been read, of several rows with a text each, changed in place.
///
/// A row's token at position p has its key and value at place p; what stands behind a row's last token is never looked at. Rows and places
/// grow by doubling, so that few expressions, and thereby schedules, are ever seen.
final class KeyValueCache {
  /// Places at the start.
  private static final int FEWEST_PLACES = 128;

  /// Attention of fewer queries is another kernel, which adds in another order: a lone query is computed several times over, for little, and
  /// its bits are those of attention over the whole text.
  private static final int FEWEST_QUERIES = 4;

  private final CausalModel.KeyValueShape shape;

  /// By layer (rows, heads, places, headDim).
  private final List<Tensor> keys = new ArrayList<>();

  private final List<Tensor> values = new ArrayList<>();
  private int rows;
  private int places;

  KeyValueCache(CausalModel.KeyValueShape shape) {
    this.shape = shape;
  }

  int rows() {
    return rows;
  }

  /// Makes room for that many rows of that many tokens, keeping what is there.
  void reserve(int wantedRows, int wantedPlaces) {
    int newRows = Math.max(rows, wantedRows);
    int newPlaces = Math.max(places, FEWEST_PLACES);
    while (newPlaces < wantedPlaces) {
      newPlaces *= 2;
    }
    if (newRows == rows && newPlaces == places) {
      return;
    }
    if (rows == 0) {
      for (int layer = 0; layer < shape.layers(); layer++) {
        keys.add(zeros(newRows, newPlaces));
        values.add(zeros(newRows, newPlaces));
      }
    } else {
      grow(keys, newRows, newPlaces);
      grow(values, newRows, newPlaces);
    }
    rows = newRows;
    places = newPlaces;
  }

  /// Forgets everything and gives the memory back.
  void clear() {
    keys.clear();
    values.clear();
    rows = 0;
    places = 0;
  }

  /// One after the other: only one layer is there twice.
  private void grow(List<Tensor> tensors, int newRows, int newPlaces) {
    tensors.replaceAll(old -> zeros(newRows, newPlaces).assign(
        old.padAxis(0, 0, newRows - rows).padAxis(2, 0, newPlaces - places)).realize());
  }

  /// With memory of its own.
  private Tensor zeros(int newRows, int newPlaces) {
    Shape size = Shape.of(newRows, shape.heads(), newPlaces, shape.headDim());
    return Tensor.full(size, 0, shape.dtype()).assign(Tensor.full(size, 0, shape.dtype()));
  }

  /// What has to be computed together with what was read through it.
  List<Tensor> tensors() {
    List<Tensor> all = new ArrayList<>(keys);
    all.addAll(values);
    return all;
  }

  /// Attention of texts from their beginning, whose keys and values are kept.
  /// @param source for each row of the cache the text that it holds from here on, or -1 if it stays as it is (rows)
  KeyValues beginning(Tensor source) {
    Tensor changes = source.ge(0).reshape(rows, 1, 1, 1);
    Tensor text = source.clampMin(0);
    return (layer, q, k, v, window) -> {
      Tensor read = changes.and(Tensor.arange(places, DType.INT32).lt(k.size(2)).unsqueeze(1)); // (rows, 1, places, 1)
      for (List<Tensor> tensors : List.of(keys, values)) {
        Tensor kept = tensors == keys ? k : v;
        Tensor old = tensors.get(layer);
        old.update(read.where(kept.indexSelect(0, text).padAxis(2, 0, places - k.size(2)), old));
      }
      return KeyValues.CAUSAL.attend(layer, q, k, v, window);
    };
  }

  /// Attention of one more token for each row, whose key and value are kept, to itself and those before it.
  /// @param positions (rows, 1)
  KeyValues appending(Tensor positions) {
    Tensor place = Tensor.arange(places, DType.INT32);
    Tensor position = positions.reshape(rows, 1, 1, 1);
    Tensor here = place.unsqueeze(1).eq(position); // (rows, 1, places, 1)
    return (layer, q, k, v, window) -> {
      Tensor allKeys = keys.get(layer);
      Tensor allValues = values.get(layer);
      allKeys.update(here.where(k, allKeys));
      allValues.update(here.where(v, allValues));
      Tensor seen = place.le(position); // (rows, 1, 1, places)
      seen = window >= places ? seen : seen.and(position.le(place.add(window)));
      Tensor queries = q.expand(q.size(0), q.size(1), FEWEST_QUERIES, q.size(3)).contiguous();
      Tensor found = queries.scaledDotProductAttention(allKeys, allValues, AttentionOptions.DEFAULT.withMask(seen));
      return found.contiguous().narrow(2, 0, 1);
    };
  }
}
