package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.ChatMessage.Role;
import org.teenygrad.serve.MessagePart.Kind;
import org.teenygrad.serve.http.ApiError;

/// Reads the `messages` of a chat completion.
final class Messages {
  private Messages() {}

  /// @param most messages
  /// @throws ApiError if they are none, or too many
  static List<ChatMessage> of(Parameters given, int most) {
    if (!(given.get("messages") instanceof List<?> list)) {
      throw ApiError.invalid("messages", "messages must be a list");
    }
    if (list.isEmpty() || list.size() > most) {
      throw ApiError.invalid("messages", "there must be 1 to " + most + " messages, not " + list.size());
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      messages.add(message(Json.asObject(list.get(i), "messages[" + i + "]"), "messages[" + i + "]"));
    }
    if (messages.stream().noneMatch(message -> message.role() == Role.USER)) {
      throw ApiError.invalid("messages", "one of the messages must be the user's");
    }
    return messages;
  }

  private static ChatMessage message(Map<String, Object> message, String where) {
    Role role = switch (Json.string(message, "role")) {
      case "system", "developer" -> Role.SYSTEM;
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      case "tool" -> Role.TOOL;
      default -> throw ApiError.invalid(where + ".role", "a message's role must be system, developer, user, assistant or tool");
    };
    List<MessagePart> parts = new ArrayList<>();
    switch (message.get("content")) {
      case String text -> parts.add(new MessagePart(role == Role.TOOL ? Kind.PYTHON_OUTPUT : Kind.TEXT, text));
      case List<?> list -> list.forEach(part -> parts.add(part(Json.asObject(part, where), role, where)));
      case null -> {}
      case Object other -> throw Parameters.wrong(where + ".content", "a string or a list of parts", other);
    }
    if (role == Role.ASSISTANT && message.get("tool_calls") instanceof List<?> calls) {
      for (Object call : calls) {
        parts.add(new MessagePart(Kind.PYTHON, OfferedTool.said(Json.asObject(call, where + ".tool_calls"))));
      }
    }
    if (parts.isEmpty()) {
      throw ApiError.invalid(where + ".content", "a message must have content");
    }
    return new ChatMessage(role, parts);
  }

  private static MessagePart part(Map<String, Object> json, Role role, String where) {
    MessagePart part = MessagePart.of(json);
    if (role == Role.TOOL && part.kind() == Kind.TEXT) {
      return new MessagePart(Kind.PYTHON_OUTPUT, part.text());
    }
    if (role != Role.ASSISTANT && part.kind() != Kind.TEXT) {
      throw ApiError.invalid(where + ".content", "only the assistant's messages have other parts than text");
    }
    return part;
  }
}
