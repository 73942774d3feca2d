package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.state.PickledValue.Dict;
import org.teenygrad.state.PickledValue.Tuple;
import org.teenygrad.state.PickledValue.View;

/// Tensors and other values of a pickle, by the names that lead to them.
///
/// A storage that several views share is read once, and these are expressions of it; equal views are one tensor.
final class TorchContents {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_VALUES = 500_000;
  private static final int MAX_NAME_CHARACTERS = 4096;

  /// Names are made of keys that are there once: so many characters are for what shares them, and more for each byte.
  private static final long CHARACTERS_OF_NAMES = 4 << 20;
  private static final long CHARACTERS_PER_BYTE = 16;

  /// A storage read as elements of a type. It has an order, by which a hash map finds it also among many of one hash.
  private record Base(String storage, StoredType type) implements Comparable<Base> {
    @Override
    public int compareTo(Base other) {
      int order = storage.compareTo(other.storage);
      return order != 0 ? order : type.compareTo(other.type);
    }
  }

  private final Function<TorchStorage, MemorySegment> storages;
  private final ByteOrder order;
  private final Map<String, View> views = new LinkedHashMap<>();
  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final Map<Base, View> firstViews = new HashMap<>();
  private final Map<Base, Boolean> shared = new HashMap<>();
  private final Map<Base, Tensor> bases = new HashMap<>();
  private final Map<View, Tensor> tensors = new HashMap<>();
  private final long maxCharactersOfNames;
  private int values;
  private long charactersOfNames;

  private TorchContents(long pickleBytes, Function<TorchStorage, MemorySegment> storages, ByteOrder order) {
    this.maxCharactersOfNames = CHARACTERS_OF_NAMES + CHARACTERS_PER_BYTE * pickleBytes;
    this.storages = storages;
    this.order = order;
  }

  /// @param root what a pickle of `pickleBytes` holds
  /// @param storages the bytes of each storage, as many as it says
  /// @throws IllegalArgumentException if a tensor reaches outside its storage, or values have no names
  static Contents of(
      Object root, long pickleBytes, Function<TorchStorage, MemorySegment> storages, ByteOrder order) {
    TorchContents contents = new TorchContents(pickleBytes, storages, order);
    contents.collect("", root, 0);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    contents.views.forEach((name, view) -> {
      try {
        Shape shape = StridedView.requireInside(view);
        tensors.put(name, new StoredTensor(shape, () -> contents.load(view, shape)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("its tensor '" + name + "': " + e.getMessage(), e);
      }
      Base base = new Base(view.storage().key(), view.type());
      View first = contents.firstViews.putIfAbsent(base, view);
      if (first != null && !first.equals(view)) {
        contents.shared.put(base, true);
      }
    });
    return new Contents(tensors, contents.metadata);
  }

  private void collect(String name, Object value, int depth) {
    charactersOfNames += name.length();
    if (depth > MAX_DEPTH || ++values > MAX_VALUES
        || name.length() > MAX_NAME_CHARACTERS || charactersOfNames > maxCharactersOfNames) {
      throw new IllegalArgumentException("its values are too many, nested too deep, or hold themselves");
    }
    switch (value) {
      case View view -> {
        addOnce(views, name.isEmpty() ? Contents.NAMELESS : name, view);
        StoredTensor.requireCount(views.size());
      }
      case Dict dict -> dict.items().forEach((key, item) -> collect(below(name, key), item, depth + 1));
      case Tuple tuple -> collectAll(name, tuple.values(), depth);
      case ArrayList<?> list -> collectAll(name, list, depth);
      case Long _, Double _, Boolean _, String _, BigInteger _, byte[] _ -> addOnce(metadata, name, value);
      case PickledValue.Global global -> addOnce(metadata, name, global.toString());
      default -> {} // None; a storage that no tensor uses
    }
  }

  private void collectAll(String name, List<?> items, int depth) {
    for (int i = 0; i < items.size(); i++) {
      collect(below(name, i), items.get(i), depth + 1);
    }
  }

  private static String below(String name, Object key) {
    return name.isEmpty() ? key.toString() : name + "." + key;
  }

  private static <V> void addOnce(Map<String, V> values, String name, V value) {
    if (values.put(name, value) != null) {
      throw new IllegalArgumentException("it has two values called '" + name + "'");
    }
  }

  private synchronized Tensor load(View view, Shape shape) {
    Tensor known = tensors.get(view);
    if (known == null) {
      Tensor plain = read(view, shape);
      known = view.negated() ? plain.neg() : plain;
      tensors.put(view, known);
    }
    return known;
  }

  private Tensor read(View view, Shape shape) {
    Base base = new Base(view.storage().key(), view.type());
    MemorySegment bytes = storages.apply(view.storage());
    int width = view.type().bits / 8;
    long elements = bytes.byteSize() / width;
    StridedView.Reach reach = StridedView.reach(view);
    if (reach.isWhole(shape)) {
      MemorySegment part = bytes.asSlice(reach.begin() * width, reach.elements() * width);
      if (!shared.containsKey(base) || elements > Integer.MAX_VALUE) {
        return Elements.tensor(part, view.type(), order, shape);
      }
    }
    if (elements <= Integer.MAX_VALUE) {
      Tensor all = bases.get(base);
      if (all == null) {
        MemorySegment whole = bytes.asSlice(0, elements * width);
        all = Elements.tensor(whole, view.type(), order, Shape.of((int) elements));
        bases.put(base, all);
      }
      return StridedView.of(all, reach.begin(), shape, view.strides());
    }
    MemorySegment part = bytes.asSlice(reach.begin() * width, reach.elements() * width);
    Shape row = StoredTensor.shape(List.of(reach.elements()));
    return StridedView.of(Elements.tensor(part, view.type(), order, row), 0, shape, view.strides());
  }
}
