package org.teenygrad.models.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.Tensor;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;

/// Guessing what comes changes when tokens come, and nothing else.
class SpeculationTest {
  private static final int VOCAB = 20;

  private final Gpt model = model();

  /// Few tokens, so that some are guessed rightly and some wrongly.
  private static Gpt model() {
    Tensor.manualSeed(2);
    Gpt model = Gpt.of(new GptConfig(VOCAB, 512, 2, 2, 64, 0, true));
    Tensor.noGrad(() -> {
      model.parameters().forEach(weight -> weight.assign(weight.add(weight.randnLike().mul(0.2))));
      Tensor.realize(model.parameters());
    });
    return model;
  }

  /// Follows each 5 with 6 and 7, whatever is chosen, and may not say 3.
  private static final class Ruled implements RowState {
    private int last = -1;
    private final boolean isConstrained;

    Ruled(boolean isConstrained) {
      this.isConstrained = isConstrained;
    }

    @Override
    public OptionalInt due() {
      return last == 5 || last == 6 ? OptionalInt.of(last + 1) : OptionalInt.empty();
    }

    @Override
    public void accept(int token) {
      last = token;
    }

    @Override
    public boolean isCompleted() {
      return last == 11;
    }

    @Override
    public boolean isConstrained() {
      return isConstrained;
    }

    @Override
    public BitSet allowed() {
      BitSet allowed = new BitSet();
      allowed.set(0, VOCAB);
      allowed.clear(3);
      return allowed;
    }
  }

  private static List<Request> mixed(int drafts) {
    Supplier<RowState> endless = RowState.endingWith();
    return IntStream.range(0, 24).mapToObj(i -> {
      Sampling sampling = switch (i % 6) {
        case 0 -> Sampling.GREEDY;
        case 1 -> new Sampling(0.6, 0, 1, i);
        case 2 -> new Sampling(0.7, 5, 0.9, i);
        case 3 -> Sampling.GREEDY.withPenalties(new Penalties(1.1, 0, 0.1));
        case 4 -> Sampling.GREEDY.withLogitBias(Map.of(i % VOCAB, 1.0));
        default -> new Sampling(1, 0, 1, i);
      };
      int[] prompt = IntStream.range(0, 3 + i * 5 % 40).map(at -> (at % (2 + i % 5) * 7 + i) % VOCAB).toArray();
      return Request.of(prompt, 20 + i * 7 % 50, sampling).withAlternatives(i % 3 == 0 ? 2 : 0).withDrafts(i % 5 == 4 ? 0 : drafts)
          .withState(i % 8 == 5 ? () -> new Ruled(false) : i % 8 == 6 ? () -> new Ruled(true) : endless);
    }).toList();
  }

  @Test
  void theSameTokensComeWithTheSameBits() {
    List<Completion> expected = Engine.of(model, 1).generate(mixed(0));
    for (int drafts : new int[] {1, 4, 7}) {
      for (int rows : new int[] {1, 8}) {
        Engine engine = Engine.of(model, rows);
        assertThat(engine.generate(mixed(drafts))).as("%d drafts, %d rows", drafts, rows).isEqualTo(expected);
        assertThat(engine.load().acceptedTokens()).isPositive().isLessThan(engine.load().draftedTokens());
        assertThat(engine.load().usedTokens()).as("blocks of wrong guesses").isZero();
      }
    }
  }

  @Test
  void littleRoomIsNoReasonForOtherTokens() {
    List<Request> requests = mixed(6);
    Engine narrow = Engine.of(model, 8, 192);
    List<List<Integer>> expected = tokens(Engine.of(model, 1).generate(mixed(0)));
    assertThat(tokens(narrow.generate(requests))).isEqualTo(expected);
    assertThat(narrow.load().promptTokens()).as("some were read again").isGreaterThan(requests.stream().mapToLong(each -> each.prompt().length).sum());
  }

  private static List<List<Integer>> tokens(List<Completion> completions) {
    return completions.stream().map(each -> each.tokens().stream().map(GeneratedToken::token).toList()).toList();
  }

  @Test
  void aTextThatRepeatsItselfTakesFewerSteps() {
    Request request = Request.of(new int[] {1, 2, 3}, 120, Sampling.GREEDY.withLogitBias(Map.of(7, 1000.0))); // 7, 7, 7, ...
    int plain = steps(request);
    int guessed = steps(request.withDrafts(7));
    assertThat(guessed).isLessThan(plain / 4);
  }

  private int steps(Request request) {
    Engine engine = Engine.of(model, 1);
    engine.submit(request);
    int steps = 1;
    while (engine.step()) {
      steps++;
    }
    return steps;
  }

  @Test
  void aDraftFollowsTheLongestAndLatestRepetition() {
    assertThat(PromptLookup.draft(new int[] {1, 2, 3, 4, 9, 2, 3, 5, 1, 2, 3}, 2)).containsExactly(4, 9);
    assertThat(PromptLookup.draft(new int[] {8, 2, 3, 4, 9, 2, 3, 5, 1, 2, 3}, 2)).containsExactly(5, 1);
    assertThat(PromptLookup.draft(new int[] {1, 2, 1, 2}, 5)).as("a circle").containsExactly(1, 2, 1, 2, 1);
    assertThat(PromptLookup.draft(new int[] {1, 2, 3}, 8)).isEmpty();
    assertThat(PromptLookup.draft(new int[] {7}, 8)).isEmpty();
    assertThatThrownBy(() -> Request.of(new int[] {1}, 1, Sampling.GREEDY).withDrafts(33)).hasMessageContaining("32").hasMessageContaining("33");
  }
}
