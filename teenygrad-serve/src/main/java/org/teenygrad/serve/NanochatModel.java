package org.teenygrad.serve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nanochat.chat.ChatOptions;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Part;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tasks.ToolUse;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.RenderedConversation;
import org.teenygrad.nanochat.tokenizer.SpecialToken;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;

/// nanochat's models and how they write conversations. Their one tool is a calculator.
public record NanochatModel(NanochatTokenizer tokenizer) implements ChatFormat {

  /// Reads a model to the default device.
  ///
  /// @param out the folder of its trainings
  /// @param stage null for the last that there is
  /// @throws org.teenygrad.state.FileException if there is none, or it cannot be read
  public static ServedModel read(Path out, @Nullable Stage stage) {
    Stage found = stage != null ? stage : Arrays.stream(Stage.values())
        .filter(any -> ModelFolder.of(out, any).hasCheckpoint()).max(Comparator.naturalOrder()).orElse(Stage.BASE);
    ModelFolder folder = ModelFolder.of(out, found);
    NanochatTokenizer tokenizer = folder.tokenizer();
    return served("nanochat-" + found, folder.model().requireTokenizer(tokenizer).computing(), tokenizer);
  }

  /// @param model in the type to compute in
  public static ServedModel served(String id, Gpt model, NanochatTokenizer tokenizer) {
    ChatOptions options = ChatOptions.DEFAULT;
    int bos = tokenizer.token(SpecialToken.BOS);
    return new ServedModel(
        id, model, tokenizer, new int[] {bos}, new int[] {bos, tokenizer.token(SpecialToken.ASSISTANT_END)}, new NanochatModel(tokenizer),
        new Sampling(options.temperature(), options.topK(), 1, 0));
  }

  @Override
  public int[] prompt(List<ChatMessage> messages) {
    List<Message> turns = new ArrayList<>();
    StringBuilder user = new StringBuilder();
    List<Part> assistant = new ArrayList<>();
    for (ChatMessage message : messages) {
      if (message.role() == ChatMessage.Role.SYSTEM || message.role() == ChatMessage.Role.USER) {
        if (!assistant.isEmpty()) {
          turns.add(new Message(Role.ASSISTANT, assistant));
          assistant.clear();
        }
        message.parts().forEach(part -> user.append(user.isEmpty() ? "" : "\n\n").append(part.text()));
      } else {
        if (!user.isEmpty()) {
          turns.add(Message.of(Role.USER, user.toString()));
          user.setLength(0);
        }
        message.parts().forEach(part -> assistant.add(new Part(Conversation.Kind.valueOf(part.kind().name()), part.text())));
      }
    }
    // What the assistant has begun to say, such as with a tool's answer, it goes on with.
    turns.add(user.isEmpty() ? new Message(Role.ASSISTANT, assistant) : Message.of(Role.USER, user.toString()));
    if (!user.isEmpty()) {
      turns.add(new Message(Role.ASSISTANT, List.of()));
    }
    int[] tokens = RenderedConversation.of(tokenizer, new Conversation(turns), Integer.MAX_VALUE).tokens();
    return Arrays.copyOf(tokens, tokens.length - 1); // without the assistant's end
  }

  @Override
  public Supplier<RowState> answering(boolean callsTools) {
    return callsTools ? () -> new ToolUse(tokenizer) : RowState.endingWith(
        tokenizer.token(SpecialToken.PYTHON_END), tokenizer.token(SpecialToken.ASSISTANT_END), tokenizer.token(SpecialToken.BOS));
  }

  @Override
  public boolean hasCalculator() {
    return true;
  }

  @Override
  public TokenKind kind(int token) {
    int first = tokenizer.token(SpecialToken.BOS);
    return token < first ? TokenKind.TEXT : switch (SpecialToken.values()[token - first]) {
      case PYTHON_START -> TokenKind.CALL_BEGIN;
      case PYTHON_END -> TokenKind.CALL_END;
      case OUTPUT_START -> TokenKind.RESULT_BEGIN;
      case OUTPUT_END -> TokenKind.RESULT_END;
      default -> TokenKind.CONTROL;
    };
  }
}
