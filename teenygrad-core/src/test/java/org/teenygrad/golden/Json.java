package org.teenygrad.golden;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON as maps, lists, strings, longs, doubles, booleans and null.
public final class Json {
  private Json() {}

  /// What a file among the test's resources holds.
  public static @Nullable Object resource(String name) {
    return read(GoldenTest.resource(name));
  }

  /// What a file holds.
  static @Nullable Object read(Path file) {
    return parse(file.toString(), String.join("\n", lines(file)));
  }

  /// @throws IllegalArgumentException if it cannot be read
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read as UTF-8: " + e, e);
    }
  }

  public static @Nullable Object parse(String text) {
    return parse("text", text);
  }

  /// @param place where the text is from, for the message of an exception
  /// @throws IllegalArgumentException if it is no JSON
  static @Nullable Object parse(String place, String text) {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      parser.nextToken();
      return value(parser);
    } catch (IOException | IllegalStateException e) {
      throw new IllegalArgumentException(place + ": is no JSON: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          parser.nextToken();
          map.put(key, value(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalArgumentException("unexpected " + parser.currentToken());
    };
  }
}
