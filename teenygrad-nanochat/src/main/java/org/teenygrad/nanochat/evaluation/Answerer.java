package org.teenygrad.nanochat.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tasks.ToolUse;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;

/// A model that answers, with its calculator; several prompts, and several samples of each, at a time.
///
/// ```java
/// var greedy = new Answerer.Options(8, 1, 256, 0, 0, 42);
/// new Answerer(trained.computing(), tokenizer, greedy).answers(List.of(prompt)).getFirst().getFirst();   // 2 + 2 = 4.
/// ```
public final class Answerer implements Answering {
  /// How answers are written.
  ///
  /// @param rows how many at once at most
  /// @param samples answers to each prompt
  /// @param maxNewTokens of an answer at most
  /// @param temperature 0 for the likeliest tokens
  /// @param topK of how many of the likeliest tokens one is drawn; 0 for all
  public record Options(int rows, int samples, int maxNewTokens, double temperature, int topK, long seed) {
    public Options withSeed(long changed) {
      return new Options(rows, samples, maxNewTokens, temperature, topK, changed);
    }

    /// Each sample of each prompt has random numbers of its own.
    private Sampling sampling(int prompt, int sample) {
      return new Sampling(temperature, topK, 1, mixed(mixed(seed, prompt), sample));
    }
  }

  private final NanochatTokenizer tokenizer;
  private final Options options;
  private final Engine engine;

  /// @param model in the type to compute in
  public Answerer(Gpt model, NanochatTokenizer tokenizer, Options options) {
    this(tokenizer, options, Engine.of(model, options.rows));
  }

  private Answerer(NanochatTokenizer tokenizer, Options options, Engine engine) {
    this.tokenizer = tokenizer;
    this.options = options;
    this.engine = engine;
  }

  /// The same model, and what its engine keeps, answering in another way.
  /// @param changed with as many rows
  /// @throws IllegalArgumentException if the rows are others
  public Answerer with(Options changed) {
    if (changed.rows != options.rows) {
      throw new IllegalArgumentException("an engine of " + options.rows + " rows has not " + changed.rows);
    }
    return new Answerer(tokenizer, changed, engine);
  }

  /// A seed made of a seed and a number: SplitMix64's (Steele et al. 2014).
  public static long mixed(long seed, long number) {
    long z = seed + 0x9E3779B97F4A7C15L * (number + 1);
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  @Override
  public List<List<String>> answers(List<int[]> prompts) {
    return completions(prompts, options.seed).stream()
        .map(samples -> samples.stream().map(sample -> tokenizer.decode(sample.text())).toList()).toList();
  }

  /// The same as tokens.
  /// @param seed in place of the options'
  public List<List<Completion>> completions(List<int[]> prompts, long seed) {
    Options seeded = options.withSeed(seed);
    List<Request> requests = new ArrayList<>();
    for (int prompt = 0; prompt < prompts.size(); prompt++) {
      for (int sample = 0; sample < options.samples; sample++) {
        requests.add(Request.of(prompts.get(prompt), options.maxNewTokens, seeded.sampling(prompt, sample)).withState(() -> new ToolUse(tokenizer)));
      }
    }
    List<Completion> all = engine.generate(requests);
    List<List<Completion>> byPrompt = new ArrayList<>();
    for (int prompt = 0; prompt < prompts.size(); prompt++) {
      byPrompt.add(all.subList(prompt * options.samples, (prompt + 1) * options.samples));
    }
    return byPrompt;
  }
}
