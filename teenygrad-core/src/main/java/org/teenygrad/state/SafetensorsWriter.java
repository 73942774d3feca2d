package org.teenygrad.state;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.state.SafetensorsFile.Entry;

/// Lays tensors out and streams them to a safetensors file.
final class SafetensorsWriter {

  /// Bytes handed to the channel at once. The JDK copies an on-heap buffer of any size off-heap, so
  /// this bounds that copy.
  private static final long CHUNK_BYTES = 8L << 20;

  private SafetensorsWriter() {}

  static void write(Path path, Map<String, Entry> entries, Map<String, String> metadata) {
    var ordered = new ArrayList<>(entries.entrySet());
    ordered.sort(Comparator.comparingInt(e -> -StoredType.named(e.getValue().dtype()).bits));
    var header = new SafetensorsHeader(layout(ordered), metadata).toBytes();
    if (header.length > SafetensorsHeader.MAX_BYTES) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the header of %s would take %d bytes, more than the format's limit of %d",
              path, header.length, SafetensorsHeader.MAX_BYTES));
    }
    var prefix =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
    AtomicFiles.write(
        path,
        channel -> {
          AtomicFiles.writeFully(channel, prefix);
          AtomicFiles.writeFully(channel, ByteBuffer.wrap(header));
          for (var entry : ordered) {
            stream(channel, entry.getValue().bytes());
          }
        });
  }

  private static List<SafetensorsHeader.Tensor> layout(List<Map.Entry<String, Entry>> ordered) {
    var tensors = new ArrayList<SafetensorsHeader.Tensor>();
    long begin = 0;
    for (var named : ordered) {
      var entry = named.getValue();
      var dtype = StoredType.named(entry.dtype());
      long bytes = entry.bytes().byteSize();
      StoredTensor.requireAxes(entry.shape().size());
      if (dtype.bytes(entry.shape()) != bytes) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "tensor '%s' is %s, but has %d bytes", named.getKey(), entry, bytes));
      }
      tensors.add(
          new SafetensorsHeader.Tensor(named.getKey(), dtype, entry.shape(), begin, begin + bytes));
      begin += bytes;
    }
    return tensors;
  }

  private static void stream(WritableByteChannel channel, MemorySegment bytes) throws IOException {
    for (long offset = 0; offset < bytes.byteSize(); offset += CHUNK_BYTES) {
      var chunk = bytes.asSlice(offset, Math.min(CHUNK_BYTES, bytes.byteSize() - offset));
      AtomicFiles.writeFully(channel, chunk.asByteBuffer());
    }
  }
}
