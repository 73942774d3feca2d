package org.teenygrad.state;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// A map whose tensors are read when they are asked for, once.
final class LazyTensors extends AbstractMap<String, Tensor> {
  private final Set<String> names;
  private final Function<String, Tensor> reader;
  private final Map<String, Tensor> read = new HashMap<>();

  LazyTensors(Set<String> names, Function<String, Tensor> reader) {
    this.names = names;
    this.reader = reader;
  }

  @Override
  public synchronized @Nullable Tensor get(@Nullable Object name) {
    if (!(name instanceof String key) || !names.contains(key)) {
      return null;
    }
    Tensor known = read.get(key);
    if (known == null) {
      known = reader.apply(key);
      read.put(key, known);
    }
    return known;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return name != null && names.contains(name);
  }

  @Override
  public Set<String> keySet() {
    return names;
  }

  @Override
  public int size() {
    return names.size();
  }

  @Override
  public Set<Entry<String, Tensor>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<String, Tensor>> iterator() {
        Iterator<String> each = names.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return each.hasNext();
          }

          @Override
          public Entry<String, Tensor> next() {
            String name = each.next();
            return Map.entry(name, Objects.requireNonNull(get(name)));
          }
        };
      }

      @Override
      public int size() {
        return names.size();
      }
    };
  }
}
