package org.teenygrad.bench;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.nanogpt.Gpt;

/// How fast a GPT with random weights continues texts, one and several at once: prompts of [#PROMPT] tokens, new ones in each call, so
/// that nobody has read them, and answers of [#ANSWER], the likeliest tokens.
///
/// The reference is the model in float64, asked what follows each beginning of an answer.
///
/// @param rows texts
record DecodingCase(GptStep model, int rows) implements ComparedCase {
  private static final int PROMPT = 32;
  private static final int ANSWER = 32;

  /// One text and eight at once.
  static List<DecodingCase> of(GptStep model) {
    return Stream.of(1, 8).map(rows -> new DecodingCase(model, rows)).toList();
  }

  @Override
  public String name() {
    return String.format(Locale.ROOT, "decode_%s_%d", model.text(), rows);
  }

  @Override
  public Unit unit() {
    return Unit.TOKENS;
  }

  @Override
  public double work() {
    return (double) rows * ANSWER;
  }

  @Override
  public int copies() {
    return 1;
  }

  @Override
  public int leastSamples() {
    return 2;
  }

  @Override
  public double roundSeconds() {
    return 0.7;
  }

  /// All weights are read for each token of an answer.
  @Override
  public double leastSeconds(Peak peak) {
    double weights = weights();
    double operations = 2 * weights * rows * (PROMPT + ANSWER);
    return Math.max(ANSWER * 4 * weights / peak.bytesPerSecond(), operations / peak.flops(DType.FLOAT32, MatmulPrecision.HIGHEST));
  }

  private double weights() {
    double dim = model.config().nEmbd();
    return model.config().vocabSize() * dim + 12 * model.config().nLayer() * dim * dim;
  }

  /// A part of the tokens may be a tie but for rounding.
  @Override
  public double bound() {
    return 0.1;
  }

  /// The part of the tokens that are not the likeliest.
  @Override
  public double error(long seed) {
    Tensor.manualSeed(seed);
    Gpt gpt = gpt();
    int[] prompt = prompt(new Random(seed));
    int[] answer = Engine.of(gpt, rows)
        .generate(List.of(request(prompt))).getFirst().tokens().stream().mapToInt(GeneratedToken::token).toArray();
    int[] text = IntStream.concat(IntStream.of(prompt), IntStream.of(answer)).toArray();
    int[] likeliest = GptStep.computing(gpt, DType.FLOAT64).forward(Tensor.of(text).unsqueeze(0))
        .argmax(-1).cast(DType.INT32).contiguous().toIntArray();
    return IntStream.range(0, ANSWER).filter(i -> answer[i] != likeliest[PROMPT - 1 + i]).count() / (double) ANSWER;
  }

  private Gpt gpt() {
    Gpt gpt = Gpt.of(model.config());
    Tensor.realize(gpt.parameters()); // or each token would draw them again
    return gpt;
  }

  private int[] prompt(Random random) {
    return random.ints(PROMPT, 0, model.config().vocabSize()).toArray();
  }

  private static Request request(int[] prompt) {
    return Request.of(prompt, ANSWER, Sampling.GREEDY).withState(RowState.endingWith());
  }

  /// The same without a comparison.
  Case measured() {
    return new Case(name(), unit(), work(), this::call);
  }

  private Runnable call() {
    Engine engine = Engine.of(gpt(), rows);
    Random random = new Random(1337);
    return () -> engine.generate(IntStream.range(0, rows).mapToObj(row -> request(prompt(random))).toList());
  }

  @Override
  public DoubleSupplier prepare() {
    Runnable call = call();
    return () -> {
      long start = System.nanoTime();
      call.run();
      return (System.nanoTime() - start) / 1e9;
    };
  }
}
