package org.teenygrad.engine.ir;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.function.Function;

/// What modules call their tensors, kept for views of graphs. A tensor that several modules name has the name with the most parts,
/// that of the outermost module.
public final class ParameterNames {
  private static final Map<Object, Named<?>> NAMES = Collections.synchronizedMap(new WeakHashMap<>());

  private ParameterNames() {}

  /// @param node says what a tensor is now
  private record Named<T>(String name, Function<T, OpNode> node) {
    @SuppressWarnings("unchecked")
    OpNode of(Object tensor) {
      return node.apply((T) tensor);
    }
  }

  /// Keeps a name as long as the tensor is there.
  /// @param node says what the tensor is now; must not refer to it
  /// @param name with the module's in front, such as `Gpt.h.0.attn.weight`
  public static <T> void note(T tensor, Function<T, OpNode> node, String name) {
    NAMES.merge(tensor, new Named<>(name, node), (one, other) -> parts(one.name) >= parts(other.name) ? one : other);
  }

  private static long parts(String name) {
    return name.chars().filter(c -> c == '.').count();
  }

  /// The names of data that a schedule reads; an empty one where there is none.
  public static List<String> of(List<Storage> storages) {
    Map<Storage, String> known = new HashMap<>();
    synchronized (NAMES) {
      NAMES.forEach((tensor, named) -> {
        OpNode node = named.of(tensor);
        while (node.is(OpCode.ASSIGN)) { // a new value that is about to be computed
          node = node.input(0);
        }
        OpNode data = node.is(OpCode.BUFFER) ? node : node.realized();
        if (data != null && data.is(OpCode.BUFFER)) {
          known.put(data.payload(Storage.class), named.name);
        }
      });
    }
    return storages.stream().map(storage -> Objects.requireNonNullElse(known.get(storage), "")).toList();
  }
}
