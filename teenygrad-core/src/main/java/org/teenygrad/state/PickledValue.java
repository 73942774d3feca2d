package org.teenygrad.state;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/// What pickles hold that Java has no class for.
sealed interface PickledValue {

  /// Python's None.
  enum None implements PickledValue {
    NONE
  }

  /// A name of Python's: something that a reader knows.
  record Global(String module, String name) implements PickledValue {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /// A tuple.
  record Tuple(List<Object> values) implements PickledValue {}

  /// A dict or an OrderedDict. Compared by identity: it may hold itself.
  final class Dict implements PickledValue {
    private final Map<Object, Object> items;

    Dict(Map<Object, Object> items) {
      this.items = items;
    }

    Map<Object, Object> items() {
      return items;
    }

    /// @throws IllegalArgumentException if there are no names made of such a key
    void put(Object key, Object value) {
      switch (key) {
        case String _, Long _, Boolean _, Double _, BigInteger _, None _ -> items.put(key, value);
        default -> throw new IllegalArgumentException("it has a dict whose keys are neither strings nor numbers");
      }
    }
  }

  /// Some elements of a storage.
  /// @param offset the place of the first
  /// @param strides how far apart neighbours are along each axis
  record View(TorchStorage storage, StoredType type, long offset, List<Long> shape, List<Long> strides)
      implements PickledValue {}
}
