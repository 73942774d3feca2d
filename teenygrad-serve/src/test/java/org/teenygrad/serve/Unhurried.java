package org.teenygrad.serve;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.teenygrad.models.inference.RowState;

/// Answers with a pause after each token: a tiny model's 4,096 are all there before a reader, or a browser, has seen that there are any.
record Unhurried(ChatFormat format) implements ChatFormat {
  private static final Duration PAUSE = Duration.ofMillis(2);

  static ServedModel of(ServedModel model) {
    return new ServedModel(
        model.id(), model.model(), model.tokenizer(), model.beginning(), model.ends(), new Unhurried(Objects.requireNonNull(model.chat())), model.sampling());
  }

  @Override
  public int[] prompt(List<ChatMessage> messages) {
    return format.prompt(messages);
  }

  @Override
  public Supplier<RowState> answering(boolean callsTools) {
    Supplier<RowState> states = format.answering(callsTools);
    return () -> new Row(states.get());
  }

  @Override
  public boolean hasCalculator() {
    return format.hasCalculator();
  }

  @Override
  public TokenKind kind(int token) {
    return format.kind(token);
  }

  private record Row(RowState state) implements RowState {
    @Override
    public OptionalInt due() {
      return state.due();
    }

    @Override
    public void accept(int token) {
      LockSupport.parkNanos(PAUSE.toNanos());
      state.accept(token);
    }

    @Override
    public boolean isCompleted() {
      return state.isCompleted();
    }
  }
}
