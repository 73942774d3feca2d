package org.teenygrad.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The JSON header of a safetensors file: where each tensor lies in the data that follow it.
///
/// @param tensors in the order of their data
record SafetensorsHeader(List<Tensor> tensors, Map<String, String> metadata) {

  /// The format's own limit.
  static final long MAX_BYTES = 100_000_000;

  private static final String METADATA = "__metadata__";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // each is there once; some have one hash
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(64)
                  .maxNameLength((int) MAX_BYTES)
                  .maxStringLength((int) MAX_BYTES)
                  .build())
          .build();

  /// One tensor's bytes are `[begin, end)` of the data.
  record Tensor(String name, StoredType dtype, List<Long> shape, long begin, long end) {}

  /// Reads a header and checks that its tensors cover the data exactly, one after the other.
  ///
  /// @throws IllegalArgumentException if the header breaks a rule of the format
  static SafetensorsHeader parse(String json, long dataBytes) {
    var tensors = new ArrayList<Tensor>();
    var metadata = new LinkedHashMap<String, String>();
    if (!json.stripLeading().startsWith("{")) {
      throw new IllegalArgumentException("its header is not a JSON object");
    }
    try (var parser = JSON.createParser(json)) {
      expect(parser.nextToken(), JsonToken.START_OBJECT, "the header");
      for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        requireUnicode(name);
        if (name.equals(METADATA)) {
          readMetadata(parser, metadata);
        } else {
          tensors.add(readTensor(parser, name));
          StoredTensor.requireCount(tensors.size());
        }
      }
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("its header goes on after the JSON object");
      }
    } catch (JsonEOFException e) {
      throw new IllegalArgumentException("its header is not valid JSON (it ends too early)", e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "its header is not valid JSON (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("its header is not valid JSON", e);
    }
    tensors.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
    checkLayout(tensors, dataBytes);
    return new SafetensorsHeader(
        Collections.unmodifiableList(tensors), Collections.unmodifiableMap(metadata));
  }

  private static void readMetadata(JsonParser parser, Map<String, String> metadata)
      throws IOException {
    expect(parser.nextToken(), JsonToken.START_OBJECT, METADATA);
    for (var key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      expect(parser.nextToken(), JsonToken.VALUE_STRING, METADATA + " entry '" + key + "'");
      metadata.put(key, parser.getText());
    }
  }

  private static Tensor readTensor(JsonParser parser, String name) throws IOException {
    @Nullable String dtype = null;
    @Nullable List<Long> shape = null;
    @Nullable List<Long> offsets = null;
    expect(parser.nextToken(), JsonToken.START_OBJECT, "the entry of tensor '" + name + "'");
    for (var field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      var token = parser.nextToken();
      switch (field) {
        case "dtype" -> {
          expect(token, JsonToken.VALUE_STRING, "the dtype of tensor '" + name + "'");
          dtype = parser.getText();
        }
        case "shape" -> shape = readSizes(parser, "the shape of tensor '" + name + "'");
        case "data_offsets" ->
            offsets = readSizes(parser, "the data_offsets of tensor '" + name + "'");
        default -> parser.skipChildren();
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw new IllegalArgumentException(
          "tensor '" + name + "' lacks its dtype, shape or data_offsets");
    }
    if (offsets.size() != 2) {
      throw new IllegalArgumentException(
          "tensor '" + name + "' has " + offsets.size() + " data_offsets instead of 2");
    }
    return new Tensor(name, StoredType.named(dtype), shape, offsets.get(0), offsets.get(1));
  }

  private static List<Long> readSizes(JsonParser parser, String what) throws IOException {
    expect(parser.currentToken(), JsonToken.START_ARRAY, what);
    var sizes = new ArrayList<Long>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what + " (element " + sizes.size() + ")");
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw new IllegalArgumentException(what + " overflows");
      }
      long size = parser.getLongValue();
      if (size < 0) {
        throw new IllegalArgumentException(what + " has the negative element " + size);
      }
      if (sizes.size() == StoredTensor.MAX_AXES) {
        throw new IllegalArgumentException(what + " has more than " + StoredTensor.MAX_AXES + " elements");
      }
      sizes.add(size);
    }
    return List.copyOf(sizes);
  }

  private static void checkLayout(List<Tensor> tensors, long dataBytes) {
    long covered = 0;
    for (var tensor : tensors) {
      var who = "tensor '" + tensor.name() + "' ";
      if (tensor.begin() != covered || tensor.end() < tensor.begin()) {
        throw new IllegalArgumentException(
            who
                + String.format(Locale.ROOT, "has the data_offsets [%d, %d], but should begin at %d",
                    tensor.begin(), tensor.end(), covered));
      }
      long bytes;
      try {
        bytes = tensor.dtype().bytes(tensor.shape());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            who + tensor.shape() + ": " + e.getMessage(), e);
      }
      if (bytes != tensor.end() - tensor.begin()) {
        throw new IllegalArgumentException(
            who
                + String.format(Locale.ROOT, "takes %d bytes as %s%s, but its data_offsets span %d", bytes,
                        tensor.dtype(),
                        tensor.shape(),
                        tensor.end() - tensor.begin()));
      }
      covered = tensor.end();
    }
    if (covered != dataBytes) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its tensors take %d bytes, but %d bytes follow the header", covered, dataBytes));
    }
  }

  private static void expect(@Nullable JsonToken found, JsonToken expected, String what) {
    if (found != expected) {
      throw new IllegalArgumentException(what + " should be " + describe(expected));
    }
  }

  private static String describe(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "a JSON object";
      case START_ARRAY -> "a JSON array";
      case VALUE_STRING -> "a string";
      default -> "a whole number";
    };
  }

  private static void requireUnicode(String name) {
    if (name.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw new IllegalArgumentException("a tensor's name has half of a surrogate pair");
    }
  }

  /// The header as JSON, padded with spaces so that the data begin at a multiple of 8 bytes.
  byte[] toBytes() {
    var bytes = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (var entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      for (var tensor : tensors) {
        write(json, tensor);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalArgumentException("a name cannot be written as UTF-8: " + e.getMessage(), e);
    }
    while (bytes.size() % 8 != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Tensor tensor) throws IOException {
    requireUnicode(tensor.name());
    if (tensor.name().equals(METADATA)) {
      throw new IllegalArgumentException("a tensor cannot have the name " + METADATA);
    }
    json.writeObjectFieldStart(tensor.name());
    json.writeStringField("dtype", tensor.dtype().name());
    json.writeArrayFieldStart("shape");
    for (long size : tensor.shape()) {
      json.writeNumber(size);
    }
    json.writeEndArray();
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {tensor.begin(), tensor.end()}, 0, 2);
    json.writeEndObject();
  }
}
