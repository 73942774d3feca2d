package org.teenygrad;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.schedule.Replay;

/// A function of tensors whose graph is built at its first call and run again, on other data, at each later one. Nothing is built or
/// looked up then: a GPU that does in a millisecond what the host needs a millisecond to describe stays busy.
///
/// ```java
/// var weight = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
/// var layer = Recorded.of(inputs -> inputs.get(0).linear(weight).relu());
/// layer.call(Tensor.of(new float[] {1, 1}, 1, 2));    // [[3. 7.]]
/// layer.call(Tensor.of(new float[] {-1, 1}, 1, 2));   // [[1. 1.]]
/// ```
/// A function of several results may assign to its arguments: what is updated in place has its memory from the argument, which is no longer
/// there afterwards.
///
/// ```java
/// var step = Recorded.several(inputs -> List.of(inputs.get(0).update(inputs.get(0).add(inputs.get(1))), inputs.get(1).exp()));
/// Tensor sum = Tensor.of(0f, 0f).add(0).realize();
/// sum = step.callAll(sum, Tensor.of(1f, 2f)).get(0);
/// sum = step.callAll(sum, Tensor.of(1f, 2f)).get(0);   // [2. 4.]
/// ```
/// The function must not look at values that depend on its arguments, as by `item()`: they are others at the next call.
///
/// What the function reads beside its arguments is read anew at each call and must still be there: after an optimizer's step the
/// function is recorded anew, which costs one call. Random numbers are those of the first call. Nothing flows back through a result.
public final class Recorded {
  private final Function<List<Tensor>, List<Tensor>> function;
  private @Nullable Recording recording;

  private Recorded(Function<List<Tensor>, List<Tensor>> function) {
    this.function = function;
  }

  /// @param function may assign to nothing but its arguments, and must compute on their device
  public static Recorded of(Function<List<Tensor>, Tensor> function) {
    return new Recorded(inputs -> List.of(function.apply(inputs)));
  }

  /// @param function of several results, no two of them the same expression; otherwise as for [#of]
  public static Recorded several(Function<List<Tensor>, List<Tensor>> function) {
    return new Recorded(function);
  }

  /// What an action makes of tensors whose values mean nothing, for whoever walks over the expression: indices are not looked at,
  /// even where they otherwise are (`TEENYGRAD_CHECK=index`, the interpreter).
  ///
  /// ```java
  /// Tensor rows = Recorded.expression(() -> Tensor.ones(2, 3).embedding(Tensor.of(9L)));   // no error: nothing is computed
  /// ```
  public static <T> T expression(Supplier<T> action) {
    return IndexCheck.without(action);
  }

  /// @param like the storages of the first call's arguments
  private record Recording(Replay replay, List<Storage> like) {
    void requireAlike(List<Storage> data) {
      boolean alike = data.size() == like.size();
      for (int i = 0; alike && i < data.size(); i++) {
        alike = data.get(i).shape().equals(like.get(i).shape())
            && data.get(i).dtype() == like.get(i).dtype()
            && data.get(i).device().equals(like.get(i).device());
      }
      if (!alike) {
        throw new IllegalArgumentException("recorded with " + like + ", not with " + data + ": shapes, types and devices must be the same");
      }
    }
  }

  /// The function's value, computed.
  /// @param inputs of the same shapes, types and device at each call; at least one
  /// @throws IllegalArgumentException if they are not, or the function assigns to anything else or leaves the device
  /// @throws IllegalStateException if an assignment has overwritten what else the function reads, or it looks at what depends on
  ///     its arguments
  public Tensor call(Tensor... inputs) {
    return callAll(inputs).getFirst();
  }

  /// The function's values, computed. As [#call].
  /// @throws IllegalArgumentException as [#call]
  /// @throws IllegalStateException as [#call]
  public synchronized List<Tensor> callAll(Tensor... inputs) {
    if (inputs.length == 0) {
      throw new IllegalArgumentException("recorded: a function of no tensors");
    }
    Tensor.realize(inputs);
    List<Storage> data = Arrays.stream(inputs).map(HostData::storage).toList();
    Recording known = recording;
    if (known == null) {
      known = record(data);
      recording = known;
    }
    known.requireAlike(data);
    return known.replay.run(data).stream().map(Tensor::wrap).toList();
  }

  private Recording record(List<Storage> data) {
    List<Storage> holes = data.stream().map(example -> new Storage(example.dtype(), example.shape(), example.device(), example.sharding())).toList();
    List<Tensor> outputs = IndexCheck.without(() -> function.apply(holes.stream().map(Tensor::owning).toList()));
    if (Companions.with(outputs).size() > outputs.size()) {
      throw new IllegalArgumentException("what is recorded must assign nothing, but a layer keeps something on the side; use Mode.EVALUATION");
    }
    for (int i = 0; i < holes.size(); i++) {
      holes.get(i).fill(HostData.memory(data.get(i)));
    }
    Replay replay = Replay.of(outputs.stream().map(Tensor::node).toList(), holes);
    holes.forEach(Storage::overwrite); // gives the first data up
    return new Recording(replay, holes);
  }
}
