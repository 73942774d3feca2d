package org.teenygrad.models.inference;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.GeneratedToken.Alternative;
import org.teenygrad.models.inference.TokenSampler.Choice;

/// Steps that were handed to the device and whose tokens the host has not looked at: it looks at one while the next runs.
final class Launches {
  private final Batch batch;
  private final DeviceRows device;
  private final Deque<Launched> launched = new ArrayDeque<>();
  private long acceptedTokens;

  Launches(Batch batch, DeviceRows device) {
    this.batch = batch;
    this.device = device;
  }

  /// Tokens that the device chooses.
  /// @param tokens by row
  /// @param likeliest the likeliest tokens of each row, none if nobody wants to know
  /// @param concerned who gets them, by row
  /// @param drafts by row the token that was read as a guess, for which the row before must have chosen it; -1 where it was none
  private record Launched(
      Supplier<int[]> tokens,
      Supplier<float[]> logProbabilities,
      Supplier<int[]> likeliest,
      Supplier<float[]> theirs,
      @Nullable Sequence[] concerned,
      int[] drafts) {
    /// Of a choice that was handed in last: what is handed in after it is not waited for.
    static Launched of(Choice choice, @Nullable Sequence[] concerned, int[] drafts) {
      Tensor alternatives = choice.alternatives();
      Tensor theirs = choice.alternativeLogProbabilities();
      return new Launched(
          choice.token().toIntArrayLater(),
          choice.logProbability().toFloatArrayLater(),
          alternatives == null ? () -> new int[0] : alternatives.toIntArrayLater(),
          theirs == null ? () -> new float[0] : theirs.toFloatArrayLater(),
          concerned,
          drafts);
    }

    /// Whether the device has not kept what rows read next.
    boolean isVerifying() {
      return Arrays.stream(drafts).anyMatch(draft -> draft >= 0);
    }
  }

  void add(Choice choice, @Nullable Sequence[] concerned) {
    int[] none = new int[concerned.length];
    Arrays.fill(none, -1);
    add(choice, concerned, none);
  }

  /// @param drafts by row of the choice the token that was read as a guess, for which the row before must have chosen it; -1 where
  ///     it was none
  void add(Choice choice, @Nullable Sequence[] concerned, int[] drafts) {
    launched.add(Launched.of(choice, concerned, drafts));
  }

  /// Whether the device has not kept what some rows read next.
  boolean isVerifying() {
    return launched.stream().anyMatch(Launched::isVerifying);
  }

  /// How many guesses were right so far.
  long acceptedTokens() {
    return acceptedTokens;
  }

  /// Tells of what the device was handed, but for the last steps.
  void tellBut(int steps) {
    while (launched.size() > steps) {
      tell(launched.remove());
    }
  }

  private void tell(Launched done) {
    int[] tokens = done.tokens().get();
    float[] logProbabilities = done.logProbabilities().get();
    int[] likeliest = done.likeliest().get();
    float[] theirs = done.theirs().get();
    int each = likeliest.length / tokens.length;
    boolean isRight = true; // what was guessed so far of the text
    for (int i = 0; i < tokens.length; i++) {
      Sequence sequence = done.concerned()[i];
      int draft = done.drafts()[i];
      isRight = draft < 0 || sequence != null && isRight && !sequence.generation().isFinished() && sequence.generation().last() == draft;
      if (sequence != null && isRight && !sequence.generation().isFinished()) {
        if (draft >= 0) {
          acceptedTokens++;
          sequence.append();
        }
        int first = i * each;
        List<Alternative> alternatives = IntStream.range(first, first + Math.min(each, sequence.generation().request().alternatives()))
            .mapToObj(at -> new Alternative(likeliest[at], theirs[at])).toList();
        sequence.generation().accept(tokens[i], logProbabilities[i], alternatives);
        if (device.leavesTheSame()) {
          sequence.remember(sequence.generation().length() - 1);
        }
        if (sequence.generation().isFinished()) {
          batch.release(sequence);
        }
      }
    }
  }
}
