package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.state.PickledValue.Dict;

/// What `torch.save` wrote before version 1.6: five pickles (a magic number, a version, the machine, the value, the
/// keys of the storages), then the storages, each behind its number of elements.
final class TorchLegacy {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long VERSION = 1001;
  private static final byte[] START = {(byte) 0x80, 2, (byte) 0x8A, 10};

  private TorchLegacy() {}

  static boolean isLegacy(MemorySegment file) {
    return file.byteSize() >= START.length && file.asSlice(0, START.length).mismatch(MemorySegment.ofArray(START)) < 0;
  }

  /// @throws IllegalArgumentException if it is damaged, or has something that is not data
  static Contents read(MappedFile file) {
    ByteCursor cursor = Pickle.cursor(file.bytes());
    TorchPickle reader = new TorchPickle();
    if (!isLegacy(file.bytes()) || !Pickle.read(cursor, reader).equals(MAGIC)) {
      throw new IllegalArgumentException("it does not begin as one");
    }
    if (!Pickle.read(cursor, reader).equals(VERSION)) {
      throw new IllegalArgumentException("its version is not " + VERSION);
    }
    ByteOrder order = Pickle.read(cursor, reader) instanceof Dict machine
            && Boolean.FALSE.equals(machine.get("little_endian"))
        ? ByteOrder.BIG_ENDIAN
        : ByteOrder.LITTLE_ENDIAN;
    long begin = cursor.position();
    Object root = Pickle.read(cursor, reader);
    long pickleBytes = cursor.position() - begin;
    Object keys = Pickle.read(cursor, reader);
    Map<String, MemorySegment> storages = new LinkedHashMap<>();
    for (Object key : keys instanceof ArrayList<?> list ? list : List.of(keys)) {
      TorchStorage storage = key instanceof String name ? reader.storages().get(name) : null;
      if (storage == null || storages.containsKey(storage.key())) {
        throw new IllegalArgumentException("its list of storages does not fit its tensors");
      }
      long elements = order == ByteOrder.LITTLE_ENDIAN ? cursor.i64() : Long.reverseBytes(cursor.i64());
      if (elements != storage.elements()) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "its storage %s has %d elements instead of %d",
                storage.key(), elements, storage.elements()));
      }
      storages.put(storage.key(), cursor.take(storage.bytes()));
    }
    if (!storages.keySet().equals(reader.storages().keySet())) {
      throw new IllegalArgumentException("some of its storages are missing");
    }
    if (cursor.remaining() > 0) {
      throw new IllegalArgumentException("it goes on for " + cursor.remaining() + " bytes after its last storage");
    }
    return TorchContents.of(root, pickleBytes, storage -> Objects.requireNonNull(storages.get(storage.key())), order);
  }
}
