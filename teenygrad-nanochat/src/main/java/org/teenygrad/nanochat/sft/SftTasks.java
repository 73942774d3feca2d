package org.teenygrad.nanochat.sft;

import java.util.List;
import org.teenygrad.nanochat.evaluation.ChatTask;
import org.teenygrad.nanochat.tasks.Task;

/// Conversations to learn, and others to judge by.
///
/// @param asked questions for ChatCORE
public record SftTasks(Task train, Task validation, List<ChatTask> asked) {
  public SftTasks {
    asked = List.copyOf(asked);
  }
}
