package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// A request that is being served.
public final class Generation {
  private final Request request;
  private final RowState state;
  private final int limit;
  private final List<GeneratedToken> tokens = new ArrayList<>();

  /// Tokens that have been sampled or will be by what was handed to the device.
  private int launched;

  private volatile boolean cancelled;
  private volatile Completion.@Nullable Reason reason;

  /// @param limit how many tokens are added at most
  Generation(Request request, int limit) {
    this.request = request;
    this.limit = limit;
    state = request.state().get();
  }

  public Request request() {
    return request;
  }

  /// Ends it at the engine's next step. May be called from any thread.
  public void cancel() {
    cancelled = true;
  }

  /// Whether nothing will be added any more.
  public boolean isFinished() {
    return reason != null;
  }

  /// What was added.
  /// @throws IllegalStateException if it is not finished
  public Completion completion() {
    Completion.Reason ended = reason;
    if (ended == null) {
      throw new IllegalStateException("the generation is not finished: it has " + tokens.size() + " of at most " + limit + " tokens");
    }
    return new Completion(tokens, ended);
  }

  boolean isCancelled() {
    return cancelled;
  }

  /// Whether the device has all that it will ever be asked for this.
  boolean isLaunched() {
    return launched == limit;
  }

  /// One more token has been handed to the device.
  void launch() {
    launched++;
  }

  /// How many tokens are before the last that the device was asked for.
  int position() {
    return request.prompt().length + launched - 1;
  }

  OptionalInt due() {
    return state.due();
  }

  /// @throws IllegalStateException if the model's scores are not numbers
  void accept(int sampled, float logProbability) {
    if (Float.isNaN(logProbability)) {
      throw new IllegalStateException("the model's scores are not numbers (NaN): its training has diverged");
    }
    OptionalInt due = state.due();
    GeneratedToken token = due.isPresent()
        ? new GeneratedToken(due.getAsInt(), true, Float.NaN)
        : new GeneratedToken(sampled, false, logProbability);
    tokens.add(token);
    state.accept(token.token());
    if (state.isCompleted()) {
      reason = Completion.Reason.STOP;
    } else if (tokens.size() == limit) {
      reason = Completion.Reason.LENGTH;
    }
    request.sink().accept(token);
  }

  void finish(Completion.Reason why) {
    reason = why;
  }
}
