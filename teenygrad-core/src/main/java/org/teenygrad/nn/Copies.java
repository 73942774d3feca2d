package org.teenygrad.nn;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Placement;
import org.teenygrad.Tensor;

/// Copies trees of records, tensor by tensor.
final class Copies {
  private final UnaryOperator<Tensor> change;
  private final Predicate<Module> kept;
  private final Map<Object, Object> copies = new IdentityHashMap<>();

  /// The copies, in the order of the tree, which is the same on all ranks.
  private final List<Tensor> tensors = new ArrayList<>();

  private Copies(UnaryOperator<Tensor> change, Predicate<Module> kept) {
    this.change = change;
    this.kept = kept;
  }

  @SuppressWarnings("unchecked") // a record's copy is of its own class
  static <M extends Module> M of(M module, UnaryOperator<Tensor> change) {
    var copying = new Copies(tensor -> changed(tensor, change), part -> false);
    var copy = (M) Objects.requireNonNull(copying.copy(module));
    Tensor.realize(copying.tensors);
    return copy;
  }

  @SuppressWarnings("unchecked") // a record's copy is of its own class
  static <M extends Module> M derived(M module, UnaryOperator<Tensor> change) {
    var copying = new Copies(change, part -> false);
    return (M) Objects.requireNonNull(copying.copy(module));
  }

  @SuppressWarnings("unchecked") // a record's copy is of its own class
  static <M extends Module> M in(M module, DType type) {
    var casting = new Copies(tensor -> tensor.isLeaf() ? tensor.cast(type) : tensor, Copies::isNormalization);
    return (M) Objects.requireNonNull(casting.copy(module));
  }

  /// What is computed is another expression than what a training step computes with, which would otherwise find a part of itself
  /// done, and be planned anew.
  static <M extends Module> M computed(M module) {
    M copy = derived(module, tensor -> tensor.isLeaf() ? tensor : tensor.detach().contiguous());
    Tensor.realize(copy.stateDict().values());
    return copy;
  }

  static Tensor gathered(Tensor tensor) {
    List<Placement> placements = new ArrayList<>(tensor.placements());
    if (placements.isEmpty()) {
      return tensor;
    }
    placements.set(0, Placement.replicate());
    return tensor.redistribute(placements.toArray(Placement[]::new));
  }

  private static boolean isNormalization(Module module) {
    return module instanceof LayerNorm || module instanceof RMSNorm || module instanceof BatchNorm || module instanceof GroupNorm
        || module instanceof InstanceNorm;
  }

  private @Nullable Object copy(@Nullable Object part) {
    Object known = part == null ? null : copies.get(part);
    if (part == null || known != null) {
      return known;
    }
    Object copy =
        switch (part) {
          case Tensor tensor -> change.apply(tensor);
          case Module module when kept.test(module) -> module;
          case Record module when part instanceof Module -> copyOf(module);
          case Module module -> withoutParts(module);
          case Map<?, ?> map -> {
            Map<Object, @Nullable Object> changed = new LinkedHashMap<>();
            map.forEach((key, value) -> changed.put(key, copy(value)));
            yield changed;
          }
          case List<?> list -> {
            List<@Nullable Object> changed = new ArrayList<>();
            list.forEach(element -> changed.add(copy(element)));
            yield changed;
          }
          default -> part;
        };
    if (copy instanceof Tensor tensor) {
      tensors.add(tensor);
    }
    copies.put(part, copy);
    return copy;
  }

  private static Tensor changed(Tensor tensor, UnaryOperator<Tensor> change) {
    Tensor value = change.apply(tensor.detach());
    return tensor.isLeaf() ? value.requiresGrad() : value;
  }

  private Object copyOf(Record module) {
    RecordComponent[] components = module.getClass().getRecordComponents();
    Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = copy(Parts.read((Module) module, components[i]));
    }
    try {
      Constructor<?> constructor = module.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the record " + module.getClass().getName() + " cannot be copied", e);
    }
  }

  private static Module withoutParts(Module module) {
    if (!module.parts().isEmpty()) {
      throw new IllegalArgumentException(module.getClass().getName() + " is not a record: only records of modules can be copied");
    }
    return module;
  }
}
