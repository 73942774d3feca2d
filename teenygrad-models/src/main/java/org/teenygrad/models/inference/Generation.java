package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.GeneratedToken.Alternative;

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

  /// Whether it has been given a row. Asked in the thread that steps.
  public boolean hasBegun() {
    return launched > 0;
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

  /// What may be guessed to follow the text, as far as that is worth it.
  int[] draft() {
    boolean isFree = !isConstrained() && !request.sampling().hasPenalties() && state.due().isEmpty();
    int most = Math.min(request.drafts(), limit - launched - 1);
    return isFree && most > 0 ? PromptLookup.draft(text(length()), most) : new int[0];
  }

  /// One more token has been handed to the device.
  void launch() {
    launched++;
  }

  /// How many tokens the text has as far as the host knows it.
  int length() {
    return request.prompt().length + tokens.size();
  }

  /// A token of the text.
  int token(int position) {
    int[] prompt = request.prompt();
    return position < prompt.length ? prompt[position] : tokens.get(position - prompt.length).token();
  }

  /// The text's last token.
  int last() {
    return token(length() - 1);
  }

  /// The text's first tokens.
  int[] text(int length) {
    return IntStream.range(0, length).map(this::token).toArray();
  }

  /// Whether an added token has been asked of the device.
  boolean hasLaunched(int number) {
    return number < launched;
  }

  /// An added token where it is known, or will not be the one that the device chose.
  OptionalInt read(int number) {
    return number < tokens.size() ? OptionalInt.of(tokens.get(number).token()) : state.due();
  }

  boolean isConstrained() {
    return state.isConstrained();
  }

  /// @throws IllegalStateException if no token is allowed
  BitSet allowed() {
    BitSet allowed = state.allowed();
    if (allowed.isEmpty() && state.due().isEmpty()) {
      throw new IllegalStateException("no token is allowed after " + tokens.size() + " new tokens: the row's state should have been completed");
    }
    return allowed;
  }

  /// @throws IllegalStateException if the model's scores are not numbers
  void accept(int sampled, float logProbability, List<Alternative> alternatives) {
    if (Float.isNaN(logProbability)) {
      throw new IllegalStateException("the model's scores are not numbers (NaN): its training has diverged");
    }
    OptionalInt due = state.due();
    GeneratedToken token = due.isPresent()
        ? new GeneratedToken(due.getAsInt(), true, Float.NaN)
        : new GeneratedToken(sampled, false, logProbability, alternatives);
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
