package org.teenygrad.nanochat.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads JSON as `Map`, `List`, `String`, `Long`, `Double` and `Boolean`, and writes them. Members of an object that are null are
/// not read, unless they are asked for.
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /// The object that a text is.
  /// @throws IllegalArgumentException if it is not JSON, or not an object
  public static Map<String, Object> object(String text) {
    return object(text, false);
  }

  /// The object that a text is, with members and elements that are null.
  /// @throws IllegalArgumentException if it is not JSON, or not an object
  public static Map<String, Object> objectWithNulls(String text) {
    return object(text, true);
  }

  private static Map<String, Object> object(String text, boolean hasNulls) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      Object value = value(parser, hasNulls);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("there is more after the JSON value");
      }
      return asObject(value, "the JSON value");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A value as JSON, on one line: `{"a":[1,"b"]}`.
  /// @throws IllegalArgumentException if there is something in it that is not of the types above, an `Integer` or a `Float`
  public static String text(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      write(generator, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /// An object of names and values in turn, for [#text].
  /// @throws IllegalArgumentException if a name has no value
  public static Map<String, @Nullable Object> members(@Nullable Object... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("the last name has no value: " + namesAndValues[namesAndValues.length - 1]);
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.put((String) Objects.requireNonNull(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return members;
  }

  private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
    switch (value) {
      case Map<?, ?> members -> {
        generator.writeStartObject();
        for (Map.Entry<?, ?> member : members.entrySet()) {
          generator.writeFieldName(String.valueOf(member.getKey()));
          write(generator, member.getValue());
        }
        generator.writeEndObject();
      }
      case List<?> elements -> {
        generator.writeStartArray();
        for (Object element : elements) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case String string -> generator.writeString(string);
      case Long number -> generator.writeNumber(number);
      case Integer number -> generator.writeNumber(number);
      case Double number -> generator.writeNumber(number);
      case Float number -> generator.writeNumber(number);
      case Boolean truth -> generator.writeBoolean(truth);
      case null -> generator.writeNull();
      default -> throw new IllegalArgumentException("JSON has no " + value);
    }
  }

  /// A member that is an object.
  /// @throws IllegalArgumentException if there is none
  public static Map<String, Object> object(Map<String, Object> object, String name) {
    return asObject(object.get(name), "\"" + name + "\"");
  }

  /// A member that is a string.
  /// @throws IllegalArgumentException if there is none
  public static String string(Map<String, Object> object, String name) {
    if (object.get(name) instanceof String string) {
      return string;
    }
    throw wanted("\"" + name + "\"", "a string", object.get(name));
  }

  /// A member that is an integer.
  /// @throws IllegalArgumentException if there is none
  public static int integer(Map<String, Object> object, String name) {
    if (object.get(name) instanceof Long number) {
      return Math.toIntExact(number);
    }
    throw wanted("\"" + name + "\"", "an integer", object.get(name));
  }

  /// A member that is a list.
  /// @throws IllegalArgumentException if there is none
  public static List<?> list(Map<String, Object> object, String name) {
    if (object.get(name) instanceof List<?> list) {
      return list;
    }
    throw wanted("\"" + name + "\"", "a list", object.get(name));
  }

  /// A value that must be an object.
  /// @throws IllegalArgumentException if it is not
  @SuppressWarnings("unchecked") // value() makes all maps, with strings as keys
  public static Map<String, Object> asObject(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw wanted(what, "an object", value);
  }

  private static IllegalArgumentException wanted(String what, String wanted, @Nullable Object given) {
    return new IllegalArgumentException(what + " must be " + wanted + (given == null ? ", but there is none" : ", not " + given));
  }

  private static @Nullable Object value(JsonParser parser, boolean hasNulls) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IllegalArgumentException("not JSON: it is empty");
    }
    return switch (token) {
      case START_OBJECT -> members(parser, hasNulls);
      case START_ARRAY -> elements(parser, hasNulls);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalArgumentException("not JSON: " + token);
    };
  }

  @SuppressWarnings("NullAway") // nulls are in it only where they were asked for
  private static Map<String, Object> members(JsonParser parser, boolean hasNulls) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      Object value = value(parser, hasNulls);
      if (value != null || hasNulls) {
        members.put(name, value);
      }
    }
    return members;
  }

  private static List<@Nullable Object> elements(JsonParser parser, boolean hasNulls) throws IOException {
    List<@Nullable Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Object value = value(parser, hasNulls);
      if (value == null && !hasNulls) {
        throw new IllegalArgumentException("a list has a null in it");
      }
      elements.add(value);
    }
    return elements;
  }
}
