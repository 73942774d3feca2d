package org.teenygrad.nanochat.tokenizer;

import static org.teenygrad.nanochat.tokenizer.SpecialToken.ASSISTANT_END;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.ASSISTANT_START;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.BOS;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.OUTPUT_END;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.OUTPUT_START;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.PYTHON_END;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.PYTHON_START;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.USER_END;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.USER_START;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Part;
import org.teenygrad.nanochat.data.Conversation.Role;

/// A conversation as tokens.
/// @param tokens the tokens, from `<|bos|>` on
/// @param mask by token, 1 where the assistant is to learn it: what it says and its tool calls, but not what the tool answers
public record RenderedConversation(int[] tokens, int[] mask) {
  /// nanochat's limit.
  public static final int DEFAULT_MAX_TOKENS = 2048;

  /// Renders a whole conversation, cut to `maxTokens` tokens.
  public static RenderedConversation of(NanochatTokenizer tokenizer, Conversation conversation, int maxTokens) {
    Rendering rendering = new Rendering(tokenizer);
    rendering.special(BOS, false);
    conversation.messages().forEach(rendering::message);
    int[] tokens = rendering.tokens.build().toArray();
    int[] mask = IntStream.range(0, tokens.length).map(i -> rendering.learned.get(i) ? 1 : 0).toArray();
    int length = Math.min(maxTokens, tokens.length);
    return new RenderedConversation(Arrays.copyOf(tokens, length), Arrays.copyOf(mask, length));
  }

  /// The tokens that ask for the assistant's last message, which is left out.
  /// @throws IllegalArgumentException if the last message is not the assistant's
  public static int[] forCompletion(NanochatTokenizer tokenizer, Conversation conversation) {
    List<Message> messages = conversation.messages();
    if (messages.getLast().role() != Role.ASSISTANT) {
      throw new IllegalArgumentException("the last message must be the assistant's to be completed");
    }
    Conversation asked = new Conversation(messages.subList(0, messages.size() - 1));
    int[] tokens = of(tokenizer, asked, DEFAULT_MAX_TOKENS).tokens;
    int[] completed = Arrays.copyOf(tokens, tokens.length + 1);
    completed[tokens.length] = tokenizer.token(ASSISTANT_START);
    return completed;
  }

  private static final class Rendering {
    final IntStream.Builder tokens = IntStream.builder();
    final BitSet learned = new BitSet();
    private final NanochatTokenizer tokenizer;
    private int size;

    Rendering(NanochatTokenizer tokenizer) {
      this.tokenizer = tokenizer;
    }

    void message(Message message) {
      if (message.role() == Role.USER) {
        special(USER_START, false);
        message.parts().forEach(part -> text(part.text(), false));
        special(USER_END, false);
      } else {
        special(ASSISTANT_START, false);
        message.parts().forEach(this::part);
        special(ASSISTANT_END, true);
      }
    }

    private void part(Part part) {
      switch (part.kind()) {
        case TEXT -> text(part.text(), true);
        case PYTHON -> {
          special(PYTHON_START, true);
          text(part.text(), true);
          special(PYTHON_END, true);
        }
        case PYTHON_OUTPUT -> {
          special(OUTPUT_START, false);
          text(part.text(), false);
          special(OUTPUT_END, false);
        }
      }
    }

    void special(SpecialToken special, boolean isLearned) {
      add(tokenizer.token(special), isLearned);
    }

    private void text(String text, boolean isLearned) {
      for (int token : tokenizer.encode(text)) {
        add(token, isLearned);
      }
    }

    private void add(int token, boolean isLearned) {
      tokens.accept(token);
      learned.set(size++, isLearned);
    }
  }
}
