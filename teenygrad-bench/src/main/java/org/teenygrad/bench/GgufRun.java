package org.teenygrad.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.pretrained.Pretrained;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;

/// What an engine made of a prompt: seconds, the likeliest tokens, and the scores after the prompt.
///
/// @param prefill seconds until the first token
/// @param decode seconds from there to the last
record GgufRun(double prefill, double decode, int[] tokens, float[] scores) {
  private static final int PROMPT = 512;
  private static final int NEW = 64;
  private static final int CONTEXT = 1024;

  /// Texts, of whose times the medians count.
  private static final int ROUNDS = 5;
  private static final int[] SHORT = {1, 2, 3};

  /// What is read, and how many tokens are to follow.
  ///
  /// @param prompt tokens that do not repeat soon
  record Task(int following, int... prompt) {
    /// @param maxPositions how many tokens a text may have
    static Task of(int vocabSize, int maxPositions) {
      int following = Math.min(NEW, maxPositions / 2);
      return new Task(following, IntStream.range(0, Math.min(PROMPT, maxPositions - following)).map(i -> (int) (i * 2_654_435_761L % vocabSize)).toArray());
    }

    /// Another prompt of the same length, of which nothing is known from those before; the first is the task's own.
    private int[] prompt(int number) {
      return IntStream.range(0, prompt.length).map(i -> prompt[(i + number * 7) % prompt.length]).toArray();
    }
  }

  /// @param precision how exactly the engine computes; the scores are those of another pass, as exact
  static GgufRun ours(Path file, Task task, MatmulPrecision precision) {
    Pretrained read = Pretrained.read(file);
    Engine engine = Engine.of(read.model(), 1, CONTEXT, precision);
    engine.generate(List.of(Request.of(task.prompt(ROUNDS), 4, Sampling.GREEDY))); // its kernels are made
    List<Double> prefills = new ArrayList<>();
    List<Double> decodes = new ArrayList<>();
    int[] tokens = {};
    for (int round = 0; round < ROUNDS; round++) {
      List<Long> times = new ArrayList<>();
      long begin = System.nanoTime();
      List<GeneratedToken> made = engine.generate(List.of(Request.of(task.prompt(round), task.following, Sampling.GREEDY).withSink(_ -> times.add(System.nanoTime())))).getFirst().tokens();
      prefills.add((times.getFirst() - begin) / 1e9);
      decodes.add((times.getLast() - times.getFirst()) / 1e9);
      tokens = round == 0 ? made.stream().mapToInt(GeneratedToken::token).toArray() : tokens;
    }
    return new GgufRun(median(prefills), median(decodes), tokens, precision.call(() -> scores(read.model(), task.prompt)));
  }

  private static double median(List<Double> seconds) {
    return seconds.stream().sorted().toList().get(seconds.size() / 2);
  }

  static GgufRun theirs(Path peer, Path file, int threads, int vocabSize, Task task) {
    try (LlamaCpp llama = LlamaCpp.open(peer, file, threads, vocabSize)) {
      llama.read(task.prompt(ROUNDS));
      List<Double> prefills = new ArrayList<>();
      List<Double> decodes = new ArrayList<>();
      int[] tokens = new int[task.following];
      float[] scores = {};
      for (int round = ROUNDS - 1; round >= 0; round--) { // the task's own last
        llama.clear();
        long begin = System.nanoTime();
        scores = llama.read(task.prompt(round));
        long read = System.nanoTime();
        float[] next = scores;
        for (int i = 0; i < task.following; i++) {
          tokens[i] = likeliest(next);
          next = i < task.following - 1 ? llama.read(tokens[i]) : next;
        }
        prefills.add((read - begin) / 1e9);
        decodes.add((System.nanoTime() - read) / 1e9);
      }
      return new GgufRun(median(prefills), median(decodes), tokens, scores);
    }
  }

  /// How far llama.cpp's scores are from its own when it reads the prompt token by token, by kernels that add up in another order: what its rounding to 8 bits makes of differences in
  /// the last digits.
  static double theirsFromThemselves(Path peer, Path file, int threads, int vocabSize, Task task) {
    try (LlamaCpp llama = LlamaCpp.open(peer, file, threads, vocabSize)) {
      float[] atOnce = llama.read(task.prompt);
      llama.clear();
      float[] oneByOne = {};
      for (int token : task.prompt) {
        oneByOne = llama.read(token);
      }
      return apart(oneByOne, atOnce);
    }
  }

  private static int likeliest(float... scores) {
    return IntStream.range(0, scores.length).reduce(0, (best, i) -> scores[i] > scores[best] ? i : best);
  }

  /// Reads a file and what follows three tokens.
  static void first(Path file) {
    Engine.of(Pretrained.read(file).model(), 1, CONTEXT).generate(List.of(Request.of(SHORT, 1, Sampling.GREEDY)));
  }

  /// As [#first(Path)], by llama.cpp.
  static void first(Path peer, Path file, int threads) {
    try (LlamaCpp llama = LlamaCpp.open(peer, file, threads, 1)) {
      llama.read(SHORT);
    }
  }

  /// Scores of the weights as the file has them, without a rounding that shows.
  static float[] exact(Path file, int... prompt) {
    Module model = (Module) Pretrained.read(file).model();
    return scores((CausalModel) Module.derived(model, weight -> weight.cast(DType.FLOAT64).realize()), prompt);
  }

  private static float[] scores(CausalModel model, int... prompt) {
    return Tensor.noGrad(() -> Mode.EVALUATION.call(() -> {
      Tensor hidden = model.hidden(Tensor.of(prompt, 1, prompt.length), null, KeyValues.CAUSAL);
      return model.scores(hidden.slice(1, prompt.length - 1, prompt.length).contiguous().realize()).toFloatArray();
    }));
  }

  /// How many of the first tokens are another's.
  int sameTokens(GgufRun other) {
    int same = 0;
    while (same < tokens.length && tokens[same] == other.tokens[same]) {
      same++;
    }
    return same;
  }

  /// The largest difference of its scores from others, of the largest of these.
  double apart(float... others) {
    return apart(scores, others);
  }

  private static double apart(float[] scores, float[] others) {
    double largest = 0;
    double apart = 0;
    for (int i = 0; i < scores.length; i++) {
      largest = Math.max(largest, Math.abs(others[i]));
      apart = Math.max(apart, Math.abs(scores[i] - others[i]));
    }
    return apart / largest;
  }
}
