package org.teenygrad.nanochat.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.nanochat.json.Json;

/// What a user and an assistant say in turn; the user begins.
///
/// ```java
/// Conversation.ofJson("""
///     {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}""");
/// ```
/// @param messages at least one
public record Conversation(List<Message> messages) {
  /// Who speaks.
  public enum Role {
    USER,
    ASSISTANT
  }

  /// What a part of a message is.
  public enum Kind {
    TEXT,
    /// A call of the tool.
    PYTHON,
    /// What the tool answered.
    PYTHON_OUTPUT
  }

  /// A part of a message.
  public record Part(Kind kind, String text) {}

  /// What one of them says.
  /// @param parts the user's are one text
  public record Message(Role role, List<Part> parts) {
    public Message {
      parts = List.copyOf(parts);
    }

    /// A message of text only.
    public static Message of(Role role, String text) {
      return new Message(role, List.of(new Part(Kind.TEXT, text)));
    }
  }

  /// @throws IllegalArgumentException if there are no messages, or roles are out of order
  public Conversation {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("a conversation needs a message");
    }
    for (int i = 0; i < messages.size(); i++) {
      Role turn = i % 2 == 0 ? Role.USER : Role.ASSISTANT;
      Message message = messages.get(i);
      if (message.role() != turn) {
        throw new IllegalArgumentException("message " + i + " is from the " + name(message.role()) + " but should be from the " + name(turn));
      }
      if (turn == Role.USER && !(message.parts().size() == 1 && message.parts().getFirst().kind() == Kind.TEXT)) {
        throw new IllegalArgumentException("message " + i + " is from the user and must be one text");
      }
    }
  }

  /// Reads `{"messages": [{"role": ..., "content": ...}, ...]}`. Content is a string or a list of parts, `{"type": "text", "text": ...}`;
  /// other types are `python` and `python_output`. A system message at the beginning is put before the user's first one.
  /// @throws IllegalArgumentException if it is not a conversation
  public static Conversation ofJson(String json) {
    return of(Json.object(json));
  }

  /// As [#ofJson] reads it.
  public Map<String, Object> toMap() {
    return Map.of("messages", messages.stream().map(Conversation::toMap).toList());
  }

  private static Map<String, Object> toMap(Message message) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("role", name(message.role));
    List<Part> parts = message.parts;
    members.put("content", parts.size() == 1 && parts.getFirst().kind == Kind.TEXT
        ? parts.getFirst().text
        : parts.stream().map(Conversation::toMap).toList());
    return members;
  }

  private static Map<String, Object> toMap(Part part) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", part.kind.name().toLowerCase(Locale.ROOT));
    members.put("text", part.text);
    return members;
  }

  /// [#ofJson] of JSON that has been read.
  /// @throws IllegalArgumentException if it is not a conversation
  public static Conversation of(Map<String, Object> json) {
    List<Message> messages = new ArrayList<>();
    String system = "";
    List<?> given = Json.list(json, "messages");
    for (int i = 0; i < given.size(); i++) {
      Map<String, Object> message = Json.asObject(given.get(i), "message " + i);
      String role = Json.string(message, "role");
      if (i == 0 && role.equals("system")) {
        system = Json.string(message, "content") + "\n\n";
        continue;
      }
      List<Part> parts = parts(message);
      if (!system.isEmpty() && messages.isEmpty()) {
        parts.set(0, new Part(parts.getFirst().kind(), system + parts.getFirst().text()));
      }
      messages.add(new Message(role(role, i), parts));
    }
    return new Conversation(messages);
  }

  private static Role role(String role, int index) {
    return switch (role) {
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      default -> throw new IllegalArgumentException("message " + index + " is from \"" + role
          + "\": there are user and assistant, and system for the first message");
    };
  }

  private static List<Part> parts(Map<String, Object> message) {
    List<Part> parts = new ArrayList<>();
    if (message.get("content") instanceof String text) {
      parts.add(new Part(Kind.TEXT, text));
      return parts;
    }
    for (Object element : Json.list(message, "content")) {
      Map<String, Object> part = Json.asObject(element, "a part of the content");
      parts.add(new Part(kind(Json.string(part, "type")), Json.string(part, "text")));
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a message's content has no parts");
    }
    return parts;
  }

  private static Kind kind(String type) {
    return switch (type) {
      case "text" -> Kind.TEXT;
      case "python" -> Kind.PYTHON;
      case "python_output" -> Kind.PYTHON_OUTPUT;
      default -> throw new IllegalArgumentException("a part is of type \"" + type + "\": there are text, python and python_output");
    };
  }

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
