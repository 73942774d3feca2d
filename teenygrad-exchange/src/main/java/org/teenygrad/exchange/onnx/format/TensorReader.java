package org.teenygrad.exchange.onnx.format;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;

/// Reads a `TensorProto`; see [ModelReader].
final class TensorReader {
  /// As many axes as any tensor here.
  private static final int MAX_RANK = 64;
  private static final int EXTERNAL = 1;

  private String name = "";
  private int type;
  private final Numbers sizes = new Numbers();
  private final Numbers values = new Numbers();
  private final List<String> texts = new ArrayList<>();
  private @Nullable MemorySegment raw;
  private long location;
  private final Map<String, String> external = new LinkedHashMap<>();

  private TensorReader() {}

  static TensorData read(WireReader in) {
    TensorReader reader = new TensorReader();
    while (in.next()) {
      reader.field(in);
    }
    return new TensorData(reader.name, reader.type, reader.shape(), reader.content());
  }

  private void field(WireReader in) {
    switch (in.field()) {
      case 1 -> in.numbers(sizes);
      case 2 -> type = Math.toIntExact(in.number());
      case 3 -> throw new IllegalArgumentException("a tensor is in segments, which are not read");
      case 4 -> in.fixed32(values);
      case 5, 7, 11 -> in.numbers(values);
      case 6 -> texts.add(in.text());
      case 8 -> name = in.text();
      case 9 -> raw = in.content();
      case 10 -> in.fixed64(values);
      case 13 -> entry(in.message());
      case 14 -> location = in.number();
      default -> {}
    }
  }

  private void entry(WireReader in) {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> {}
      }
    }
    external.put(key, value);
  }

  private Shape shape() {
    long[] all = sizes.toArray();
    if (all.length > MAX_RANK || Arrays.stream(all).anyMatch(size -> size < 0 || size > Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "the tensor '" + name + "' has the shape " + (all.length > MAX_RANK ? "of " + all.length + " axes" : Arrays.toString(all)));
    }
    return Shape.of(Arrays.stream(all).mapToInt(Math::toIntExact).toArray());
  }

  private TensorData.Content content() {
    if (location == EXTERNAL) {
      return new TensorData.External(external.getOrDefault("location", ""), number("offset", 0), number("length", -1));
    }
    if (raw != null) {
      return new TensorData.Raw(raw);
    }
    return texts.isEmpty() ? new TensorData.Typed(values.toArray()) : new TensorData.Texts(texts);
  }

  private long number(String key, long otherwise) {
    String text = external.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the tensor '" + name + "' has the external " + key + " '" + text + "'", e);
    }
  }
}
