package org.teenygrad.state;

import java.util.Locale;

/// A storage of a PyTorch file: a row of elements, of which tensors are views.
///
/// @param key where the file has it
/// @param elements how many the file must have there
/// @param start the element that is this storage's first: not 0 where it is itself a part of one
/// @param length how many elements from there on belong to it
record TorchStorage(String key, StoredType type, long elements, long start, long length) {

  /// @throws IllegalArgumentException if the numbers make no sense
  TorchStorage {
    if (elements < 0 || elements > Long.MAX_VALUE / 8 || start < 0 || length < 0 || start > elements - length) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its storage %s has the elements %d to %d of %d",
              key, start, start + length, elements));
    }
  }

  static TorchStorage of(String key, StoredType type, long elements) {
    return new TorchStorage(key, type, elements, 0, elements);
  }

  long bytes() {
    return elements * (type.bits / 8);
  }
}
