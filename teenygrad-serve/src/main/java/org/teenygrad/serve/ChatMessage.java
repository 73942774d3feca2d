package org.teenygrad.serve;

import java.util.List;

/// A message of a conversation.
/// @param parts what is said; the assistant's may call tools and have what they answered
public record ChatMessage(Role role, List<MessagePart> parts) {
  /// Who speaks.
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    /// A tool that was called by the client; its message has one result.
    TOOL
  }

  public ChatMessage {
    parts = List.copyOf(parts);
  }
}
