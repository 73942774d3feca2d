package org.teenygrad.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
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
  /// How many tokens a prompt has, and how many follow.
  static final int PROMPT = 512;
  static final int NEW = 64;

  private static final int CONTEXT = 1024;
  private static final int[] SHORT = {1, 2, 3};

  /// Tokens that do not repeat soon.
  static int[] prompt(int vocabSize) {
    return IntStream.range(0, PROMPT).map(i -> (int) (i * 2_654_435_761L % vocabSize)).toArray();
  }

  /// Another of the same length.
  private static int[] other(int... prompt) {
    return IntStream.of(prompt).map(token -> token ^ 1).toArray();
  }

  static GgufRun ours(Path file, int... prompt) {
    Pretrained read = Pretrained.read(file);
    Engine engine = Engine.of(read.model(), 1, CONTEXT);
    engine.generate(List.of(Request.of(other(prompt), 4, Sampling.GREEDY))); // its kernels are made
    List<Long> times = new ArrayList<>();
    long begin = System.nanoTime();
    List<GeneratedToken> tokens = engine.generate(List.of(Request.of(prompt, NEW, Sampling.GREEDY).withSink(_ -> times.add(System.nanoTime())))).getFirst().tokens();
    return new GgufRun((times.getFirst() - begin) / 1e9, (times.getLast() - times.getFirst()) / 1e9,
        tokens.stream().mapToInt(GeneratedToken::token).toArray(), scores(read.model(), prompt));
  }

  static GgufRun theirs(Path peer, Path file, int threads, int vocabSize, int... prompt) {
    try (LlamaCpp llama = LlamaCpp.open(peer, file, threads, vocabSize)) {
      llama.read(other(prompt));
      llama.clear();
      long begin = System.nanoTime();
      float[] scores = llama.read(prompt);
      long read = System.nanoTime();
      int[] tokens = new int[NEW];
      float[] next = scores;
      for (int i = 0; i < NEW; i++) {
        tokens[i] = likeliest(next);
        next = i < NEW - 1 ? llama.read(tokens[i]) : next;
      }
      return new GgufRun((read - begin) / 1e9, (System.nanoTime() - read) / 1e9, tokens, scores);
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
  static void first(Path peer, Path file, int threads, int vocabSize) {
    try (LlamaCpp llama = LlamaCpp.open(peer, file, threads, vocabSize)) {
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
    while (same < NEW && tokens[same] == other.tokens[same]) {
      same++;
    }
    return same;
  }

  /// The largest difference of its scores from others, of the largest of these.
  double apart(float... others) {
    double largest = 0;
    double apart = 0;
    for (int i = 0; i < scores.length; i++) {
      largest = Math.max(largest, Math.abs(others[i]));
      apart = Math.max(apart, Math.abs(scores[i] - others[i]));
    }
    return apart / largest;
  }
}
