package org.teenygrad.serve;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;

/// How what the model says becomes the call of a tool that the client has.
sealed interface ClientTool permits OfferedTool, RequiredCall {
  /// A call in OpenAI's terms.
  /// @param said the model's words for it
  Map<String, @Nullable Object> call(String id, String said);

  /// @param arguments JSON
  static Map<String, @Nullable Object> call(String id, String name, String arguments) {
    return Json.members("id", id, "type", "function", "function", Json.members("name", name, "arguments", arguments));
  }
}
