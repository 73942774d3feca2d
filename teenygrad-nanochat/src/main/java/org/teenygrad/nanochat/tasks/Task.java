package org.teenygrad.nanochat.tasks;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.JsonLines;

/// Conversations by number, to train on.
///
/// ```java
/// Task train = Task.mixture(List.of(Task.read(Path.of("conversations.jsonl")), Gsm8k.read(Path.of("train.jsonl"))));
/// train.conversation(0);
/// ```
public interface Task {
  /// The number of conversations.
  int size();

  /// @param index at least 0 and below [#size]
  /// @throws IndexOutOfBoundsException if there is none with that number
  Conversation conversation(int index);

  /// Conversations as they are.
  static Task of(List<Conversation> conversations) {
    return new Listed(List.copyOf(conversations));
  }

  /// The conversations of a file, an object `{"messages": [...]}` a line.
  /// @throws IllegalArgumentException if a line is not a conversation; says which
  /// @throws java.io.UncheckedIOException if the file cannot be read
  static Task read(Path file) {
    return of(JsonLines.read(file, Conversation::of));
  }

  /// All conversations of several tasks, shuffled: nanochat's `TaskMixture`. A task that is given twice is there twice.
  static Task mixture(List<? extends Task> tasks) {
    return TaskMixture.of(tasks);
  }

  /// The first conversations, or all if there are not so many.
  default Task first(int count) {
    return new First(this, Math.min(count, size()));
  }

  /// Conversations of a list.
  record Listed(List<Conversation> conversations) implements Task {
    @Override
    public int size() {
      return conversations.size();
    }

    @Override
    public Conversation conversation(int index) {
      return conversations.get(index);
    }
  }

  /// The beginning of a task.
  record First(Task task, int size) implements Task {
    @Override
    public Conversation conversation(int index) {
      return task.conversation(Objects.checkIndex(index, size));
    }
  }
}
