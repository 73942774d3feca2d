package org.teenygrad.serve;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.ApiError;

/// A part of a message.
public record MessagePart(Kind kind, String text) {
  /// What it is; in JSON `text`, `python` and `python_output`, as in nanochat's conversations.
  public enum Kind {
    TEXT,
    /// A call of a tool: the calculator's is an expression.
    PYTHON,
    /// What the tool answered.
    PYTHON_OUTPUT
  }

  /// `{"type": "python", "text": "9+3"}`
  Map<String, @Nullable Object> json() {
    return Json.members("type", kind.name().toLowerCase(Locale.ROOT), "text", text);
  }

  /// @throws ApiError if there is no such kind of part
  static MessagePart of(Map<String, Object> json) {
    String type = Json.string(json, "type");
    for (Kind kind : Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(type)) {
        return new MessagePart(kind, Json.string(json, "text"));
      }
    }
    throw ApiError.invalid("messages", "a part of a message is of type \"" + type + "\": there are text, python and python_output");
  }
}
