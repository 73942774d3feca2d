package org.teenygrad.state;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
    private static final int ITEM_BYTES = 64;
    private static final int MAX_KEY_CHARACTERS = 4096;

    private final Map<Key, Object> items = new LinkedHashMap<>(0);

    Map<Key, Object> items() {
      return items;
    }

    @Nullable Object get(String key) {
      return items.get(Key.of(key));
    }

    /// @throws IllegalArgumentException if there are no names made of such a key, or the budget is spent
    void put(Object key, Object value, PickleBudget budget) {
      Key known = switch (key) {
        case String _, Long _, Boolean _, Double _, BigInteger _, None _ -> Key.of(key);
        default -> throw new IllegalArgumentException("it has a dict whose keys are neither strings nor numbers");
      };
      if (known.text().length() > MAX_KEY_CHARACTERS) {
        throw new IllegalArgumentException("it has a dict whose keys are longer than " + MAX_KEY_CHARACTERS + " characters");
      }
      budget.spend(ITEM_BYTES + known.text().length());
      items.put(known, value);
    }
  }

  /// A dict's key. It has an order, by which a hash map finds it also among many keys of one hash.
  record Key(String text, String type) implements Comparable<Key> {
    static Key of(Object key) {
      return new Key(key.toString(), key.getClass().getSimpleName());
    }

    @Override
    public int compareTo(Key other) {
      int order = text.compareTo(other.text);
      return order != 0 ? order : type.compareTo(other.type);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// Some elements of a storage. It has an order, by which a hash map finds it also among many of one hash.
  /// @param offset the place of the first
  /// @param strides how far apart neighbours are along each axis
  /// @param negated whether the tensor has these elements with the other sign
  record View(TorchStorage storage, StoredType type, long offset, List<Long> shape, List<Long> strides, boolean negated)
      implements PickledValue, Comparable<View> {
    private static final Comparator<View> ORDER = Comparator.comparing((View view) -> view.storage.key())
        .thenComparing(View::type)
        .thenComparingLong(View::offset)
        .thenComparing(View::shape, View::compare)
        .thenComparing(View::strides, View::compare)
        .thenComparing(View::negated)
        .thenComparingLong(view -> view.storage.start())
        .thenComparingLong(view -> view.storage.length());

    @Override
    public int compareTo(View other) {
      return ORDER.compare(this, other);
    }

    private static int compare(List<Long> a, List<Long> b) {
      return Arrays.compare(a.toArray(Long[]::new), b.toArray(Long[]::new));
    }
  }
}
