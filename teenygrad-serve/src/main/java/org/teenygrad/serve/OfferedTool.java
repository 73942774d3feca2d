package org.teenygrad.serve;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.ApiError;

/// A function of the client's that stands for the model's one tool: it takes an expression.
///
/// @param name the function's
/// @param parameter its one parameter, a string
record OfferedTool(String name, String parameter) implements ClientTool {

  /// @return the tool that a request offers; null for none
  /// @throws ApiError if it offers what the model cannot call
  static @Nullable OfferedTool of(Parameters given, ChatFormat format) {
    if (!(given.get("tools") instanceof List<?> tools) || tools.isEmpty() || "none".equals(given.get("tool_choice"))) {
      return null;
    }
    if (given.has("tool_choice") && !"auto".equals(given.get("tool_choice"))) {
      throw ApiError.invalid("tool_choice", "tool_choice may be auto, none, required or a function");
    }
    if (!format.hasCalculator()) {
      throw ApiError.invalid("tools", "this model cannot be offered tools: tool_choice may be none, required or a function");
    }
    if (tools.size() > 1) {
      throw ApiError.invalid("tools", "the model knows one tool, a calculator, but " + tools.size() + " are offered");
    }
    Map<String, Object> function = Json.object(Json.asObject(tools.getFirst(), "a tool"), "function");
    Map<String, Object> properties = Json.object(Json.object(function, "parameters"), "properties");
    if (properties.size() != 1 || !(properties.values().iterator().next() instanceof Map<?, ?> type) || !"string".equals(type.get("type"))) {
      throw ApiError.invalid("tools", "the model's tool takes an expression: a function with one parameter of type string can stand for it");
    }
    return new OfferedTool(Json.string(function, "name"), properties.keySet().iterator().next());
  }

  @Override
  public Map<String, @Nullable Object> call(String id, String expression) {
    return ClientTool.call(id, name, Json.text(Map.of(parameter, expression)));
  }

  /// What the model has said for a call that a client repeats in its conversation: the one argument that is a string, or all of them.
  static String said(Map<String, Object> call) {
    String json = Json.string(Json.object(call, "function"), "arguments");
    Map<String, Object> arguments = Json.object(json);
    return arguments.size() == 1 && arguments.values().iterator().next() instanceof String expression ? expression : json;
  }
}
