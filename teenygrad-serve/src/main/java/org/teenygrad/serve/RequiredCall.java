package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.ApiError;

/// A call that the model must make, whatever it has learned of tools: the answer is the arguments of the one function that may be
/// called, or `{"name": ..., "arguments": ...}` where there are several.
///
/// @param functions schemas of arguments, by name
record RequiredCall(Map<String, Map<String, Object>> functions) implements ClientTool {

  /// @return null unless `tool_choice` requires a call
  /// @throws ApiError if what it requires is not among the tools
  static @Nullable RequiredCall of(Parameters given) {
    Object choice = given.get("tool_choice");
    if (!"required".equals(choice) && !(choice instanceof Map<?, ?>)) {
      return null;
    }
    Map<String, Map<String, Object>> functions = new LinkedHashMap<>();
    for (Object tool : given.get("tools") instanceof List<?> tools ? tools : List.of()) {
      Map<String, Object> function = Json.object(Json.asObject(tool, "a tool"), "function");
      Object parameters = function.get("parameters");
      functions.put(Json.string(function, "name"), parameters == null ? Map.of("type", "object") : Json.asObject(parameters, "parameters"));
    }
    if (choice instanceof Map<?, ?>) {
      String name = Json.string(Json.object(Json.object(given.json(), "tool_choice"), "function"), "name");
      functions.keySet().retainAll(List.of(name));
    }
    if (functions.isEmpty()) {
      throw ApiError.invalid("tool_choice", "tool_choice requires a call of a function that is not among the tools");
    }
    return new RequiredCall(functions);
  }

  /// Of the answer. References of a function's schema mean that schema.
  Map<String, Object> schema() {
    if (functions.size() == 1) {
      return functions.values().iterator().next();
    }
    List<Object> calls = new ArrayList<>();
    functions.forEach((name, arguments) -> calls.add(Map.of(
        "type", "object", "additionalProperties", false, "required", List.of("name", "arguments"),
        "properties", ordered("name", Map.of("const", name), "arguments", moved(arguments, "#/anyOf/" + calls.size() + "/properties/arguments")))));
    return Map.of("anyOf", calls);
  }

  private static Map<String, Object> ordered(String first, Object one, String second, Object other) {
    Map<String, Object> both = new LinkedHashMap<>();
    both.put(first, one);
    both.put(second, other);
    return both;
  }

  /// A schema that is a part of another.
  private static Map<String, Object> moved(Map<String, Object> schema, String where) {
    Map<String, Object> moved = new LinkedHashMap<>();
    schema.forEach((name, value) -> moved.put(name, movedValue(name, value, where)));
    return moved;
  }

  private static Object movedValue(String name, Object value, String where) {
    return switch (value) {
      case String reference when name.equals("$ref") && reference.startsWith("#") -> where + reference.substring(1);
      case Map<?, ?> _ -> moved(Json.asObject(value, name), where);
      case List<?> list -> list.stream().map(each -> each == null ? null : movedValue("", each, where)).toList();
      case null, default -> value;
    };
  }

  @Override
  public Map<String, @Nullable Object> call(String id, String said) {
    if (functions.size() == 1) {
      return ClientTool.call(id, functions.keySet().iterator().next(), said);
    }
    Map<String, Object> call = Json.object(said);
    return ClientTool.call(id, Json.string(call, "name"), Json.text(call.get("arguments")));
  }
}
