package org.teenygrad.bench;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.nanogpt.Gpt;

/// How fast a GPT with random weights continues texts, one and eight at once: prompts of [#PROMPT] tokens, new ones in each call, so that nobody has
/// read them, and answers of [#ANSWER], the likeliest tokens.
final class Decoding {
  private static final int PROMPT = 32;
  private static final int ANSWER = 32;

  private Decoding() {}

  static List<Case> cases(GptStep model) {
    return IntStream.of(1, 8).mapToObj(rows -> new Case(
        String.format(Locale.ROOT, "decode_%s_%d", model.text(), rows), Unit.TOKENS, (double) rows * ANSWER, () -> prepare(model, rows))).toList();
  }

  private static Runnable prepare(GptStep step, int rows) {
    Gpt model = Gpt.of(step.config());
    Tensor.realize(model.parameters()); // or each token would draw them again
    Engine engine = Engine.of(model, rows);
    Random random = new Random(1337);
    return () -> engine.generate(IntStream.range(0, rows).mapToObj(row -> {
      int[] prompt = random.ints(PROMPT, 0, model.vocabSize()).toArray();
      return Request.of(prompt, ANSWER, Sampling.GREEDY).withState(RowState.endingWith());
    }).toList());
  }
}
