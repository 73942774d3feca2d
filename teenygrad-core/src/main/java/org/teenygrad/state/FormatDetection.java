package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.state.TensorFile.Format;

/// Finds out what a file is: by the end of its name, whose format may begin with any bytes; where that says nothing, by how
/// it begins.
final class FormatDetection {
  private static final String KIND = "a tensor file";

  private FormatDetection() {}

  /// @throws FileException if it is nothing known, or breaks a rule of what it is
  static TensorFile open(MappedFile file) {
    return open(file, format(file));
  }

  /// As [TensorFile#open], of a file that an index names: not an index.
  static TensorFile openShard(Path path) {
    return MappedFile.open(path, file -> {
      Format format = format(file);
      if (format == Format.INDEX) {
        throw FileException.malformed(path, "a file with tensors", "it is an index, and named by one");
      }
      return open(file, format);
    });
  }

  private static @Nullable Format format(MappedFile file) {
    Format named = byName(file.path());
    if (named != null && named != Format.TORCH) { // .bin and the like are names for anything
      return named;
    }
    Format format = byContent(file.bytes());
    return format == null ? named : format;
  }

  private static TensorFile open(MappedFile file, @Nullable Format format) {
    return switch (format) {
      case null -> unnamed(file);
      case SAFETENSORS -> SafetensorsContents.open(file);
      case INDEX -> ShardedIndex.open(file);
      case TORCH -> isZip(file.bytes())
          ? zip(file) : TensorFile.read(file, format, () -> TorchLegacy.read(file));
      case GGUF -> TensorFile.read(file, format, () -> GgufFile.read(file.bytes()));
      case NPY -> TensorFile.read(file, format, () -> Contents.of(NpyFile.read(file.bytes())));
      case NPZ -> zip(file);
      case IDX -> TensorFile.read(file, format, () -> Contents.of(IdxFile.read(unpacked(file))));
      case CSV -> GzipFile.isGzip(file.bytes())
          ? gzip(file)
          : TensorFile.read(file, format, () -> CsvTable.read(file.bytes(), null).contents());
    };
  }

  private static @Nullable Format byContent(MemorySegment bytes) {
    if (begins(bytes, "GGUF")) {
      return Format.GGUF;
    }
    if (NpyFile.isNpy(bytes)) {
      return Format.NPY;
    }
    if (isZip(bytes)) {
      return Format.NPZ;
    }
    if (GzipFile.isGzip(bytes)) {
      return Format.CSV;
    }
    if (begins(bytes, "{")) {
      return Format.INDEX;
    }
    if (TorchLegacy.isLegacy(bytes)) {
      return Format.TORCH;
    }
    if (isSafetensors(bytes)) {
      return Format.SAFETENSORS;
    }
    return IdxFile.isIdx(bytes) ? Format.IDX : null;
  }

  private static @Nullable Format byName(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "safetensors" -> Format.SAFETENSORS;
      case "pt", "pth", "bin", "ckpt" -> Format.TORCH;
      case "gguf" -> Format.GGUF;
      case "npy" -> Format.NPY;
      case "npz" -> Format.NPZ;
      case "csv", "tsv" -> Format.CSV;
      case "json" -> Format.INDEX;
      default -> null;
    };
  }

  private static boolean isSafetensors(MemorySegment bytes) {
    if (bytes.byteSize() <= Long.BYTES) {
      return false;
    }
    long header = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    return header > 0
        && header <= Math.min(SafetensorsHeader.MAX_BYTES, bytes.byteSize() - Long.BYTES)
        && "{ \t\r\n".indexOf(bytes.get(ValueLayout.JAVA_BYTE, Long.BYTES)) >= 0;
  }

  private static boolean isZip(MemorySegment bytes) {
    return begins(bytes, "PK\003\004") || begins(bytes, "PK\005\006");
  }

  private static boolean begins(MemorySegment bytes, String magic) {
    byte[] start = magic.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.byteSize() >= start.length
        && bytes.asSlice(0, start.length).mismatch(MemorySegment.ofArray(start)) < 0;
  }

  private static MemorySegment unpacked(MappedFile file) {
    return GzipFile.isGzip(file.bytes()) ? GzipFile.unpack(file) : file.bytes();
  }

  private static TensorFile gzip(MappedFile file) {
    MemorySegment unpacked;
    try {
      unpacked = GzipFile.unpack(file);
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file.path(), "a packed file of numbers", String.valueOf(e.getMessage()));
    }
    return IdxFile.isIdx(unpacked)
        ? TensorFile.read(file, Format.IDX, () -> Contents.of(IdxFile.read(unpacked)))
        : TensorFile.read(file, Format.CSV, () -> CsvTable.read(unpacked, null).contents());
  }

  /// A file whose name and beginning say nothing: a table, or no tensors at all.
  private static TensorFile unnamed(MappedFile file) {
    if (!CsvLines.isText(file.bytes())) {
      throw FileException.malformed(file.path(), KIND, "nothing in it looks like one that teenygrad knows");
    }
    try {
      return new TensorFile(file, Format.CSV, CsvTable.read(file.bytes(), null).contents());
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file.path(), KIND, "it is a text, which TextFile.read reads, and no table of numbers ("
          + e.getMessage() + ")");
    }
  }

  private static TensorFile zip(MappedFile file) {
    ZipArchive archive;
    try {
      archive = ZipArchive.read(file.bytes());
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file.path(), "a PyTorch file or an archive of arrays", String.valueOf(
          e.getMessage()));
    }
    return archive.entries().keySet().stream().anyMatch(name -> name.endsWith(".npy"))
        ? TensorFile.read(file, Format.NPZ, () -> NpyFile.readArchive(archive))
        : TensorFile.read(file, Format.TORCH, () -> TorchFile.read(file, archive));
  }
}
