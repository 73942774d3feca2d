package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Locale;
import java.util.Map;

/// What `torch.save` writes since version 1.6: a zip of a pickle and, for each storage, an entry.
final class TorchFile {
  private static final String PICKLE = "/data.pkl";
  private static final long MAX_PICKLE_BYTES = 64 << 20;

  /// Pickles are stored as they are; whoever packs them gets them to a tenth.
  private static final long MAX_PICKLE_RATIO = 64;

  private TorchFile() {}

  /// @throws IllegalArgumentException if it is damaged, or has something that is not data
  static Contents read(MappedFile file, ZipArchive archive) {
    List<String> pickles = archive.entries().keySet().stream().filter(name -> name.endsWith(PICKLE)).toList();
    if (pickles.size() != 1) {
      throw new IllegalArgumentException(
          "it has " + (pickles.isEmpty() ? "no" : "several") + " data.pkl, which says what the tensors are");
    }
    String pickleName = pickles.getFirst();
    String folder = pickleName.substring(0, pickleName.length() - PICKLE.length() + 1);
    ZipArchive.Entry pickle = entry(archive, pickleName);
    if (pickle.size() > MAX_PICKLE_BYTES || pickle.size() / MAX_PICKLE_RATIO > pickle.packed().byteSize()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its data.pkl has %d bytes in %d", pickle.size(), pickle.packed().byteSize()));
    }
    TorchPickle reader = new TorchPickle();
    Object root = Pickle.read(Pickle.cursor(pickle.content(file.arena())), reader);
    for (TorchStorage storage : reader.storages().values()) {
      ZipArchive.Entry entry = entry(archive, folder + "data/" + storage.key());
      if (entry.size() != storage.bytes()) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "its storage %s has %d bytes instead of %d",
                storage.key(), entry.size(), storage.bytes()));
      }
    }
    Map<String, MemorySegment> unpacked = new HashMap<>();
    return TorchContents.of(
        root,
        pickle.size(),
        storage -> unpacked.computeIfAbsent(
            storage.key(), key -> entry(archive, folder + "data/" + key).content(file.arena())),
        order(file, archive, folder));
  }

  private static ByteOrder order(MappedFile file, ZipArchive archive, String folder) {
    ZipArchive.Entry entry = archive.entries().get(folder + "byteorder");
    if (entry == null) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    if (entry.size() <= 16) {
      byte[] name = entry.content(file.arena()).toArray(ValueLayout.JAVA_BYTE);
      switch (new String(name, StandardCharsets.ISO_8859_1)) {
        case "little" -> {
          return ByteOrder.LITTLE_ENDIAN;
        }
        case "big" -> {
          return ByteOrder.BIG_ENDIAN;
        }
        default -> {}
      }
    }
    throw new IllegalArgumentException("its byte order is neither little nor big");
  }

  private static ZipArchive.Entry entry(ZipArchive archive, String name) {
    ZipArchive.Entry entry = archive.entries().get(name);
    if (entry == null) {
      throw new IllegalArgumentException("it has no " + name);
    }
    return entry;
  }
}
