package org.teenygrad.models.huggingface;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.RegularFile;
import org.teenygrad.state.FileException;

/// The facts of a `config.json` and other files of its kind: numbers, strings, truths, and objects and lists of such. What a model
/// does not do is [refused][#require], rather than computed in another way than the weights were made for.
///
/// @param values by name; nested objects are of this kind, too
public record ConfigFile(Map<String, Object> values) {
  private static final int MAX_BYTES = 1 << 20;
  private static final JsonFactory JSON = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).build())
      .build();

  /// @param kind what the file should be, for messages: "a configuration of GPT-2"
  /// @param meaning makes of the facts what they describe; it throws IllegalArgumentException where they describe no such thing
  /// @throws FileException if the file cannot be read, or means nothing
  public static <T> T read(Path file, String kind, Function<ConfigFile, T> meaning) {
    return read(file, MAX_BYTES, kind, meaning);
  }

  /// As [#read(Path, String, Function)], of a larger file.
  /// @param most bytes that it may have
  public static <T> T read(Path file, int most, String kind, Function<ConfigFile, T> meaning) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(RegularFile.read(file, most));
      return meaning.apply(of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString()));
    } catch (JsonProcessingException e) {
      throw FileException.malformed(file, kind, "it is not valid JSON (" + e.getOriginalMessage() + ")");
    } catch (CharacterCodingException e) {
      throw FileException.malformed(file, kind, "it is not UTF-8");
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file, kind, String.valueOf(e.getMessage()));
    }
  }

  /// Facts that come from elsewhere, such as the metadata of a GGUF file.
  public static ConfigFile of(Map<String, Object> facts) {
    Map<String, Object> values = new HashMap<>();
    facts.forEach((name, value) -> values.put(name, value instanceof Number number ? (Object) number.doubleValue() : value));
    return new ConfigFile(values);
  }

  private static ConfigFile of(String text) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("it is not a JSON object");
      }
      ConfigFile config = object(json);
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("it goes on after the JSON object");
      }
      return config;
    }
  }

  private static ConfigFile object(JsonParser json) throws IOException {
    Map<String, Object> values = new HashMap<>();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      if (value(json) instanceof Object value) {
        values.put(name, value);
      }
    }
    return new ConfigFile(values);
  }

  private static @Nullable Object value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
      case START_OBJECT -> object(json);
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          if (value(json) instanceof Object value) {
            elements.add(value);
          }
        }
        yield elements;
      }
      case null, default -> null;
    };
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /// @throws IllegalArgumentException if there is no such size: a whole number of 1 or more
  public int size(String name) {
    if (values.get(name) instanceof Double size && size == Math.rint(size) && size >= 1 && size <= Integer.MAX_VALUE) {
      return (int) (double) size;
    }
    throw new IllegalArgumentException("it has no " + name);
  }

  /// As [#size(String)], with what holds where nothing is said.
  public int size(String name, int otherwise) {
    return has(name) ? size(name) : otherwise;
  }

  public double number(String name, double otherwise) {
    return values.get(name) instanceof Double number ? number : otherwise;
  }

  /// The number of that name, if there is one.
  public OptionalDouble number(String name) {
    return values.get(name) instanceof Double number ? OptionalDouble.of(number) : OptionalDouble.empty();
  }

  public boolean truth(String name, boolean otherwise) {
    return values.get(name) instanceof Boolean truth ? truth : otherwise;
  }

  public String text(String name, String otherwise) {
    return values.get(name) instanceof String text ? text : otherwise;
  }

  /// The object of that name; null if there is none.
  public @Nullable ConfigFile object(String name) {
    return values.get(name) instanceof ConfigFile object ? object : null;
  }

  /// The list of that name; empty if there is none.
  public List<?> list(String name) {
    return values.get(name) instanceof List<?> list ? list : List.of();
  }

  /// The objects of the list of that name.
  public List<ConfigFile> objects(String name) {
    return list(name).stream().filter(ConfigFile.class::isInstance).map(ConfigFile.class::cast).toList();
  }

  /// @param only what the model has; also what holds where nothing is said
  /// @throws IllegalArgumentException if the file has something else
  public void require(String name, Object only) {
    Object value = values.getOrDefault(name, only);
    if (!value.equals(only)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "its %s is %s, but this model has %s", name, value, only));
    }
  }
}
