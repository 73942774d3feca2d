package org.teenygrad.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.teenygrad.Tensor;

/// Examples by their numbers: PyTorch's `Dataset`. [DataLoader] makes batches of them.
///
/// ```java
/// Dataset squares = new Dataset() {
///   public int size() {
///     return 1000;
///   }
///   public Example get(int index) {
///     return Example.of(NdArray.of((float) index), NdArray.of((float) index * index));
///   }
/// };
/// squares.get(3).targets().get(0);   // 9.0
/// ```
/// All examples have fields of the same shapes and types. The same index gives the same example at each call, in any thread and in
/// several at once; what shall differ from epoch to epoch is an [Augmentation] of the loader.
public interface Dataset {
  /// The number of examples.
  int size();

  /// @param index at least 0 and below [#size()]
  Example get(int index);

  /// The rows of tensors that have first axes of the same size: PyTorch's `TensorDataset`. Their values are copied to the host.
  /// ```java
  /// Dataset.of(x, labels).size();   // 4
  /// ```
  /// @throws IllegalArgumentException if there is none, or the first axes differ
  static Dataset of(Tensor... fields) {
    return TensorDataset.of(Arrays.stream(fields).map(NdArray::of).toList());
  }

  /// What `load` makes of each element of a list: of the path of an image, of a line of text.
  /// ```java
  /// var tokenizer = Tokenizer.bytes();
  /// var dataset = Dataset.of(List.of("yes", "no"), word -> Example.of(TextTransforms.tokens(tokenizer, 4, 0).apply(word)));
  /// dataset.get(1).inputs().shape();   // (4,)
  /// ```
  static <T> Dataset of(List<T> items, Function<? super T, Example> load) {
    return new ListDataset<>(items, load);
  }

  /// This with each example changed.
  default Dataset map(UnaryOperator<Example> change) {
    return new MappedDataset(this, change);
  }

  /// This with each example's inputs changed.
  /// ```java
  /// Dataset.of(x, labels).mapInputs(ImageTransforms.normalize(0.5, 0.25));
  /// ```
  default Dataset mapInputs(Transform transform) {
    return map(example -> example.withInputs(transform.apply(example.inputs())));
  }

  /// The examples with these numbers, in this order: PyTorch's `Subset`.
  /// @throws IndexOutOfBoundsException if there is no such example
  default Dataset subset(int... indices) {
    return Subset.of(this, indices);
  }

  /// A part for training and a part for validation.
  record Split(Dataset train, Dataset validation) {}

  /// Puts a random part of the examples aside: PyTorch's `random_split`.
  /// ```java
  /// var split = Dataset.of(x, labels).randomSplit(0.75, 1337);
  /// split.train().size();        // 3
  /// split.validation().size();   // 1
  /// ```
  /// @param fraction that of the first part, whose size is rounded down
  /// @throws IllegalArgumentException if the fraction is not in 0..1
  default Split randomSplit(double fraction, long seed) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("randomSplit: the fraction must be in 0..1, not " + fraction);
    }
    int[] order = Sampler.permutation(size(), CounterRandom.of(seed));
    int cut = (int) (size() * fraction);
    return new Split(subset(Arrays.copyOf(order, cut)), subset(Arrays.copyOfRange(order, cut, order.length)));
  }
}
