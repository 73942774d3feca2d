package org.teenygrad.nanochat.tasks;

/// Conversations whose last message can be judged when a model writes it: questions to evaluate with, or to reinforce on.
///
/// ```java
/// GradedTask task = Gsm8k.read(Path.of("test.jsonl"));
/// int[] prompt = RenderedConversation.forCompletion(tokenizer, task.conversation(0));
/// task.isCorrect(0, "She has 2 + 2 = 4 plums.\n#### 4");
/// ```
public interface GradedTask extends Task {
  /// Whether an answer to a conversation's question is right.
  /// @param answer the assistant's text, tool calls and results in it as text
  boolean isCorrect(int index, String answer);

  /// 1 for a right answer, 0 for a wrong one.
  default double reward(int index, String answer) {
    return isCorrect(index, answer) ? 1 : 0;
  }
}
