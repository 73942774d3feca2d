package org.teenygrad;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.schedule.Replay;
import org.teenygrad.engine.schedule.Structure;

/// What follows from a loss in a training step, its derivatives and what tensors become by them. It is built for the first losses
/// and played back for those that follow, where nothing but the data is another: then neither are derivatives and updates
/// described, nor is a graph of them walked. Optimizers take their steps by it.
///
/// ```java
/// Tensor w = Tensor.of(1f, 2f).requiresGrad();
/// var step = new RecordedStep<String>();
/// for (int i = 0; i < 5; i++) {
///   Tensor loss = w.square().sum();
///   Tensor rate = Tensor.of(0.25f);
///   step.take(loss, List.of(rate), List.of(w), List.of(), () -> {
///     loss.backward();
///     Tensor changed = w.update(w.detach().sub(w.grad().mul(rate)));
///     w.zeroGrad();
///     return new RecordedStep.Updates<>(List.of(changed), Map.of());
///   });
/// }
/// w;   // [0.03125 0.0625 ]
/// ```
/// Losses are compared by the structure of their expressions, which tensors' data they read, and where parameters are in them. A
/// step of another structure is built, and so is one in [Eager] mode, on several devices or on a mesh. A structure is played back
/// when it has led to one schedule twice in a row that reads and assigns nothing else than was given: a program whose updates
/// depend on more is found out where that changes the graph.
///
/// @param <K> what names results
public final class RecordedStep<K> {
  /// How many structures of losses are known at once.
  private static final int MOST_STRUCTURES = 8;

  /// What follows from a loss.
  ///
  /// @param changed tensors that are kept, with what they become
  /// @param results other tensors that are computed with them, by name
  public record Updates<K>(List<Tensor> changed, Map<K, Tensor> results) {}

  /// @param leaves for each node of the structure that a parameter stands for, in their order, which one of those that are kept; of
  ///     others [#FOREIGN] or [#PASSED]
  private record Key(Structure structure, List<Integer> leaves, Object constants) {}

  /// A parameter that nothing here changes.
  private static final int FOREIGN = -1;

  /// As [#FOREIGN], one that others are computed from.
  private static final int PASSED = -2;

  /// How a step goes.
  /// @param changed the numbers of the tensors, of those that are kept, that become the outputs behind the loss and what is
  ///     computed with it; then there are the results
  private record Course<K>(Replay replay, List<Integer> changed, List<K> results) {
    boolean isSameAs(Course<K> other) {
      return replay.isSameAs(other.replay) && changed.equals(other.changed) && results.equals(other.results);
    }
  }

  /// What is known of losses of one structure.
  private static final class Known<K> {
    boolean isRefused;
    @Nullable Course<K> last;
    boolean isCertain;
  }

  private final Map<Key, Known<K>> known = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, Known<K>> eldest) {
      return size() > MOST_STRUCTURES;
    }
  };

  /// Knows no step yet.
  public RecordedStep() {}

  /// A step: computes the loss and all that follows from it.
  /// @param data other expressions that the updates are made of, such as the learning rate
  /// @param kept the tensors that change, or are read on the way
  /// @param constants what else the updates depend on
  /// @param updates describes what follows, by the loss, the data, the tensors that are kept and the constants alone. Not called
  ///     where a step is played back
  /// @return the results
  public Map<K, Tensor> take(Tensor loss, List<Tensor> data, List<Tensor> kept, Object constants, Supplier<Updates<K>> updates) {
    List<Tensor> given = List.copyOf(Companions.with(List.of(loss)));
    Structure structure = structure(given, data, kept);
    List<Integer> leaves = structure == null ? null : leaves(structure, kept);
    if (structure == null || leaves == null) {
      return compute(given, updates.get());
    }
    Key key = new Key(structure, leaves, constants);
    Known<K> seen = known.get(key);
    if (seen == null) {
      known.put(new Key(structure.withoutData(), leaves, constants), new Known<>());
      return compute(given, updates.get());
    }
    Course<K> course = seen.last;
    if (course != null && seen.isCertain) {
      return play(course, given, kept, structure.storages());
    }
    List<Tensor> foreign = structure.nodes().stream().map(Leaves::at).filter(Objects::nonNull).filter(leaf -> !kept.contains(leaf)).toList();
    List<@Nullable Tensor> before = gradients(foreign);
    Updates<K> built = updates.get();
    if (!seen.isRefused) {
      Course<K> now = before.equals(gradients(foreign)) ? course(given, kept, structure.storages(), built) : null;
      seen.isRefused = now == null;
      seen.isCertain = now != null && course != null && now.isSameAs(course);
      seen.last = now;
    }
    return compute(given, built);
  }

  /// That of a loss, what is computed with it, other data and the tensors that may change; null where a step is not played back.
  private static @Nullable Structure structure(List<Tensor> given, List<Tensor> data, List<Tensor> kept) {
    if (kept.isEmpty() || Eager.enabled() || !kept.stream().allMatch(Tensor::ownsData)) {
      return null;
    }
    List<OpNode> roots = Stream.of(given, data, kept).flatMap(List::stream).map(Tensor::node).toList();
    Structure structure = Structure.of(roots, kept.getFirst().device());
    return structure.storages().stream().allMatch(storage -> storage.sharding() == null) ? structure : null;
  }

  /// @return null if one of those that are kept is no leaf
  private static @Nullable List<Integer> leaves(Structure structure, List<Tensor> kept) {
    Map<Tensor, Integer> numbers = new IdentityHashMap<>();
    kept.forEach(tensor -> numbers.put(tensor, numbers.size()));
    List<Integer> leaves = new ArrayList<>();
    List<OpNode> nodes = structure.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Tensor leaf = Leaves.at(nodes.get(i));
      if (leaf != null) {
        Integer number = numbers.get(leaf);
        if (number != null && !leaf.isLeaf()) {
          return null;
        }
        leaves.add(i);
        leaves.add(number != null ? number : leaf.isLeaf() ? FOREIGN : PASSED);
      }
    }
    return leaves;
  }

  private static List<@Nullable Tensor> gradients(List<Tensor> tensors) {
    List<@Nullable Tensor> gradients = new ArrayList<>();
    tensors.forEach(tensor -> gradients.add(tensor.hasGrad() ? tensor.grad() : null));
    return gradients;
  }

  private static List<Tensor> missing(List<Tensor> given) {
    return given.stream().filter(tensor -> !tensor.isRealized()).toList();
  }

  /// @return null if the step cannot be played back
  private static <K> @Nullable Course<K> course(List<Tensor> given, List<Tensor> kept, List<Storage> storages, Updates<K> built) {
    Map<Tensor, Integer> numbers = new IdentityHashMap<>();
    kept.forEach(tensor -> numbers.put(tensor, numbers.size()));
    List<Integer> changed = built.changed().stream().map(tensor -> numbers.getOrDefault(tensor, -1)).toList();
    Set<Tensor> unchanged = Collections.newSetFromMap(new IdentityHashMap<>());
    unchanged.addAll(kept);
    built.changed().forEach(unchanged::remove);
    if (changed.contains(-1) || !unchanged.stream().allMatch(Tensor::ownsData)) {
      return null;
    }
    List<OpNode> outputs = Stream.of(missing(given), built.changed(), built.results().values()).flatMap(Collection::stream).map(Tensor::node).toList();
    if (Replay.obstacle(outputs, storages) != null) {
      return null;
    }
    Replay replay = Replay.of(outputs, storages);
    return replay.isClosed() ? new Course<>(replay, changed, List.copyOf(built.results().keySet())) : null;
  }

  private static <K> Map<K, Tensor> play(Course<K> course, List<Tensor> given, List<Tensor> kept, List<Storage> storages) {
    List<Tensor> missing = missing(given);
    Iterator<OpNode> outputs = course.replay.run(storages).iterator();
    missing.forEach(tensor -> tensor.node().realizedAs(outputs.next()));
    missing.forEach(Tensor::settled);
    course.changed.forEach(number -> kept.get(number).become(outputs.next()));
    Map<K, Tensor> results = new LinkedHashMap<>();
    course.results.forEach(name -> results.put(name, Tensor.wrap(outputs.next())));
    return results;
  }

  private static <K> Map<K, Tensor> compute(List<Tensor> given, Updates<K> built) {
    Tensor.realize(Stream.of(given, built.changed(), built.results().values()).flatMap(Collection::stream).toList());
    return built.results();
  }
}
