package org.teenygrad.models.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a filter, test or method was called with.
///
/// @param called its name, for messages
record Given(String called, List<Object> positional, Map<String, Object> named) {

  /// The argument of a place or name; null where it was not given.
  @Nullable Object find(int place, String name) {
    return place < positional.size() ? positional.get(place) : named.get(name);
  }

  Object get(int place, String name) {
    Object value = find(place, name);
    if (value == null) {
      throw new TemplateException(called + " needs its argument " + name);
    }
    return value;
  }

  Object get(int place, String name, Object otherwise) {
    Object value = find(place, name);
    return value == null ? otherwise : value;
  }

  String text(int place, String name, String otherwise) {
    return switch (get(place, name, otherwise)) {
      case String text -> text;
      case Object none when none == Values.NONE -> otherwise;
      case Object other -> throw new TemplateException(name + " of " + called + " must be a string, not " + Values.kind(other));
    };
  }

  long integer(int place, String name, long otherwise) {
    return switch (get(place, name, otherwise)) {
      case Long number -> number;
      case Object none when none == Values.NONE -> otherwise;
      case Object other -> throw new TemplateException(name + " of " + called + " must be an integer, not " + Values.kind(other));
    };
  }
}
