package org.teenygrad.state;

import java.util.LinkedHashMap;
import java.util.Map;

/// Writes what `torch.save` writes: pickles in protocol 2, and files of them.
final class TorchBytes {
  private final Bytes out = Bytes.littleEndian().u8(0x80, 2);

  static TorchBytes pickle() {
    return new TorchBytes();
  }

  byte[] stop() {
    return out.u8('.').toArray();
  }

  TorchBytes op(int... codes) {
    out.u8(codes);
    return this;
  }

  TorchBytes string(String text) {
    out.u8('X').i32(text.length()).text(text);
    return this;
  }

  TorchBytes number(long number) {
    if (number == (int) number) {
      out.u8('J').i32((int) number);
    } else {
      out.u8(0x8A, 8).i64(number);
    }
    return this;
  }

  TorchBytes numbers(long... numbers) {
    op('(');
    for (long number : numbers) {
      number(number);
    }
    return op('t');
  }

  TorchBytes global(String module, String name) {
    out.u8('c').text(module + "\n" + name + "\n");
    return this;
  }

  /// `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict())`.
  TorchBytes tensor(String storageType, String key, long elements, long offset, long[] size, long[] stride) {
    global("torch._utils", "_rebuild_tensor_v2").op('(');
    op('(').string("storage").global("torch", storageType).string(key).string("cpu").number(elements).op('t', 'Q');
    number(offset).numbers(size).numbers(stride).op(0x89);
    return global("collections", "OrderedDict").op(')', 'R', 't', 'R');
  }

  static byte[] file(byte[] pickle, Map<String, byte[]> storages, boolean deflated, String byteOrder) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("model/data.pkl", pickle);
    entries.put("model/byteorder", Bytes.littleEndian().text(byteOrder).toArray());
    storages.forEach((key, bytes) -> entries.put("model/data/" + key, bytes));
    entries.put("model/version", Bytes.littleEndian().text("3\n").toArray());
    return Bytes.zip(deflated, entries);
  }

  static byte[] file(byte[] pickle, Map<String, byte[]> storages) {
    return file(pickle, storages, false, "little");
  }

  /// The format before version 1.6, of storages of float32.
  static byte[] legacyFile(byte[] pickle, Map<String, byte[]> storages) {
    TorchBytes keys = pickle().op(']', '(');
    storages.keySet().forEach(keys::string);
    Bytes file = Bytes.littleEndian().raw(legacyStart()).raw(pickle).raw(keys.op('e').stop());
    storages.values().forEach(bytes -> file.i64(bytes.length / 4).raw(bytes));
    return file.toArray();
  }

  /// What comes before the value.
  static byte[] legacyStart() {
    return Bytes.littleEndian()
        .u8(0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, '.')
        .raw(pickle().number(1001).stop())
        .raw(pickle().op('}', '(').string("little_endian").op(0x88, 'u').stop())
        .toArray();
  }
}
