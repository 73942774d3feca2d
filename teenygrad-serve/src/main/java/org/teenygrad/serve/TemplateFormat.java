package org.teenygrad.serve;

import java.util.List;
import java.util.function.Supplier;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.pretrained.ChatTemplate;
import org.teenygrad.models.pretrained.ChatTemplate.Message;
import org.teenygrad.models.pretrained.Pretrained;
import org.teenygrad.serve.http.ApiError;

/// Models that others trained, and how their chat templates write conversations.
///
/// @param ends tokens that end an answer
record TemplateFormat(ChatTemplate template, int[] ends) implements ChatFormat {

  static ServedModel served(Pretrained trained) {
    ChatTemplate template = trained.chat();
    return new ServedModel(
        trained.name(), trained.model(), trained.tokenizer(), trained.beginning(), trained.ends(),
        template == null ? null : new TemplateFormat(template, trained.ends()), trained.sampling());
  }

  @Override
  public int[] prompt(List<ChatMessage> messages) {
    return template.prompt(messages.stream().map(TemplateFormat::message).toList());
  }

  private static Message message(ChatMessage message) {
    StringBuilder content = new StringBuilder();
    for (MessagePart part : message.parts()) {
      if (part.kind() == MessagePart.Kind.PYTHON) {
        throw ApiError.invalid("messages", "this model's conversations have no calls of tools");
      }
      content.append(part.text());
    }
    String role = switch (message.role()) {
      case SYSTEM -> "system";
      case USER -> "user";
      case ASSISTANT -> "assistant";
      case TOOL -> "tool";
    };
    return new Message(role, content.toString());
  }

  @Override
  public Supplier<RowState> answering(boolean callsTools) {
    return RowState.endingWith(ends);
  }

  @Override
  public boolean hasCalculator() {
    return false;
  }

  @Override
  public TokenKind kind(int token) {
    return template.tokenizer().isSpecial(token) ? TokenKind.CONTROL : TokenKind.TEXT;
  }
}
