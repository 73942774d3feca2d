package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.serve.http.ApiError;

/// The members of a request, read by name, type and range; mistakes name the member.
record Parameters(Map<String, Object> json) {

  /// Members that are null are as good as none.
  /// @throws ApiError if there is a member of another name
  void requireOnly(Set<String> known) {
    for (String name : json.keySet()) {
      if (has(name) && !known.contains(name)) {
        throw ApiError.coded(400, "unknown_parameter", name, "there is no parameter '" + name + "'");
      }
    }
  }

  boolean has(String name) {
    return json.get(name) != null;
  }

  @Nullable Object get(String name) {
    return json.get(name);
  }

  boolean truth(String name, boolean byDefault) {
    return switch (json.get(name)) {
      case null -> byDefault;
      case Boolean truth -> truth;
      case Object other -> throw wrong(name, "true or false", other);
    };
  }

  String string(String name) {
    return switch (json.get(name)) {
      case null -> throw ApiError.coded(400, "missing_required_parameter", name, "the parameter '" + name + "' is missing");
      case String text -> text;
      case Object other -> throw wrong(name, "a string", other);
    };
  }

  double number(String name, double byDefault, double least, double most) {
    double number = switch (json.get(name)) {
      case null -> byDefault;
      case Double value -> value;
      case Long value -> (double) value;
      case Object other -> throw wrong(name, "a number", other);
    };
    if (!(number >= least && number <= most)) {
      throw ApiError.invalid(name, name + " must be " + least + " to " + most + ", not " + number);
    }
    return number;
  }

  int integer(String name, int byDefault, int least, int most) {
    long number = integer(name, byDefault);
    if (number < least || number > most) {
      throw ApiError.invalid(name, name + " must be " + least + " to " + most + ", not " + number);
    }
    return (int) number;
  }

  long integer(String name, long byDefault) {
    return switch (json.get(name)) {
      case null -> byDefault;
      case Long value -> value;
      case Object other -> throw wrong(name, "an integer", other);
    };
  }

  /// A member that is one string or a list of them.
  List<String> strings(String name, int most) {
    List<String> strings = new ArrayList<>();
    switch (json.get(name)) {
      case null -> {}
      case String text -> strings.add(text);
      case List<?> list -> list.forEach(element -> strings.add(element instanceof String text ? text : fail(name, "a string or a list of strings", element)));
      case Object other -> throw wrong(name, "a string or a list of strings", other);
    }
    if (strings.size() > most) {
      throw ApiError.invalid(name, name + " may have " + most + " elements, not " + strings.size());
    }
    return strings;
  }

  /// A list of integers.
  int[] integers(String name) {
    Object value = json.get(name);
    return value == null ? new int[0] : integers(name, value);
  }

  static int[] integers(String name, Object value) {
    if (!(value instanceof List<?> list)) {
      throw wrong(name, "a list of integers", value);
    }
    return list.stream().mapToInt(element -> element instanceof Long number && number == number.intValue()
        ? number.intValue() : fail(name, "a list of integers", element)).toArray();
  }

  private static <T> T fail(String name, String wanted, @Nullable Object given) {
    throw wrong(name, wanted, given);
  }

  /// What was given is named by its kind only: it may be a part of a prompt.
  static ApiError wrong(String name, String wanted, @Nullable Object given) {
    String kind = switch (given) {
      case String _ -> "a string";
      case Long _ -> "an integer";
      case Double _ -> "a number";
      case Boolean _ -> "true or false";
      case List<?> _ -> "a list";
      case null -> "null";
      default -> "an object";
    };
    return ApiError.invalid(name, name + " must be " + wanted + ", not " + kind);
  }
}
