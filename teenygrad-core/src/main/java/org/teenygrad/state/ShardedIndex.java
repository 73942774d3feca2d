package org.teenygrad.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.teenygrad.Shape;

/// `model.safetensors.index.json` or `pytorch_model.bin.index.json`: which of several files beside it has which tensor.
///
/// The files are those of the same folder, by their bare names: an index cannot name any other, nor another index.
final class ShardedIndex {
  private static final String KIND = "an index of files with tensors";
  private static final int MAX_BYTES = 64 << 20;
  private static final int MAX_FILES = 10_000;

  private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,250}\\.(safetensors|bin)");

  private static final JsonFactory JSON = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // each is there once; some have one hash
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).build())
      .build();

  private ShardedIndex() {}

  static TensorFile open(MappedFile file) {
    Map<String, String> index;
    try {
      index = parse(file);
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file.path(), KIND, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw FileException.malformed(file.path(), KIND, "it is not valid JSON");
    }
    file.close();
    Map<String, TensorFile> shards = new TreeMap<>();
    try {
      for (String shard : index.values()) {
        if (!shards.containsKey(shard)) {
          shards.put(shard, FormatDetection.openShard(file.path().resolveSibling(shard)));
        }
      }
      return TensorFile.index(file.path(), contents(file.path(), index, shards), List.copyOf(shards.values()));
    } catch (RuntimeException e) {
      shards.values().forEach(TensorFile::close);
      throw e;
    }
  }

  private static Contents contents(Path path, Map<String, String> index, Map<String, TensorFile> shards) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    Map<String, Shape> shapes = new HashMap<>();
    shards.forEach((shardName, shard) -> {
      metadata.putAll(shard.metadata());
      shard.shapes().forEach((name, shape) -> {
        if (!shardName.equals(index.get(name))) {
          throw FileException.malformed(path, KIND,
              String.format(Locale.ROOT, "%s has a tensor '%s' that it does not know", shardName, name));
        }
        shapes.put(name, shape);
      });
    });
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    index.forEach((name, shardName) -> {
      TensorFile shard = Objects.requireNonNull(shards.get(shardName));
      Shape shape = shapes.get(name);
      if (shape == null) {
        throw FileException.lacking(shard.path(), "a tensor '" + name + "'");
      }
      tensors.put(name, new StoredTensor(shape, () -> shard.tensor(name)));
    });
    return new Contents(tensors, metadata);
  }

  private static Map<String, String> parse(MappedFile file) throws IOException {
    if (file.bytes().byteSize() > MAX_BYTES) {
      throw new IllegalArgumentException("it has more than " + MAX_BYTES + " bytes");
    }
    Map<String, String> index = null;
    try (JsonParser json = JSON.createParser(file.bytes().toArray(ValueLayout.JAVA_BYTE))) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("it is not a JSON object");
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        if (!name.equals("weight_map")) {
          json.skipChildren();
        } else if (value == JsonToken.START_OBJECT) {
          index = weightMap(json);
        }
      }
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("it goes on after the JSON object");
      }
    }
    if (index == null) {
      throw new IllegalArgumentException("it has no weight_map");
    }
    return index;
  }

  private static Map<String, String> weightMap(JsonParser json) throws IOException {
    Map<String, String> index = new LinkedHashMap<>();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw new IllegalArgumentException("its weight_map has no file for '" + name + "'");
      }
      String shard = json.getText();
      if (!SHARD.matcher(shard).matches()) {
        throw new IllegalArgumentException(
            "its weight_map names '" + shard + "', which is not a .safetensors or .bin file beside it");
      }
      index.put(name, shard);
    }
    if (index.values().stream().distinct().count() > MAX_FILES) {
      throw new IllegalArgumentException("it names more than " + MAX_FILES + " files");
    }
    return index;
  }
}
