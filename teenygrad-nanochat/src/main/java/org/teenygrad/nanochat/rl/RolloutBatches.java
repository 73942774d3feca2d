package org.teenygrad.nanochat.rl;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.nanochat.evaluation.Answerer;
import org.teenygrad.nanochat.tasks.GradedTask;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.RenderedConversation;
import org.teenygrad.nanochat.training.StageBatches;

/// Answers of the model as it is, as batches: at the first batch of an iteration all its problems are answered. Problems come in
/// their order, again and again; random numbers are a function of the seed and the iteration, so that the number of batches taken
/// is the whole state.
final class RolloutBatches implements StageBatches {
  private final GradedTask task;
  private final NanochatTokenizer tokenizer;
  private final RlSettings settings;
  private final Supplier<Answerer> answerers;

  /// What came of iterations that nobody has asked for, by their number.
  private final Map<Long, Outcome> outcomes = new TreeMap<>();

  private List<Rollout> rollouts = List.of();
  private long sampledAt = -1;
  private long taken;

  /// What an iteration's answers were worth, and their tokens with the prompt's: means.
  record Outcome(double reward, double length) {}

  /// @param answerers makes what answers with the weights of the moment
  RolloutBatches(GradedTask task, NanochatTokenizer tokenizer, RlSettings settings, Supplier<Answerer> answerers) {
    this.task = task;
    this.tokenizer = tokenizer;
    this.settings = settings;
    this.answerers = answerers;
  }

  @Override
  public long batches() {
    return Long.MAX_VALUE;
  }

  @Override
  public Iterator<Batch> endless() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public Batch next() {
        long iteration = taken / settings.batchesPerStep();
        if (sampledAt != iteration) {
          rollouts = sampled(iteration);
          sampledAt = iteration;
        }
        int batch = (int) (taken++ % settings.batchesPerStep());
        int begin = batch % settings.passes() * settings.deviceBatchSize();
        return rollouts.get(batch / settings.passes()).batch(begin, begin + settings.deviceBatchSize(), tokenizer);
      }
    };
  }

  private List<Rollout> sampled(long iteration) {
    int[] problems = IntStream.range(0, settings.examplesPerStep())
        .map(i -> (int) ((iteration * settings.examplesPerStep() + i) % task.size())).toArray();
    List<int[]> prompts = IntStream.of(problems).mapToObj(i -> RenderedConversation.forCompletion(tokenizer, task.conversation(i))).toList();
    List<List<Completion>> answers = answerers.get().completions(prompts, Answerer.mixed(settings.seed(), iteration));
    List<Rollout> all = new ArrayList<>();
    for (int i = 0; i < problems.length; i++) {
      int problem = problems[i];
      double[] rewards = answers.get(i).stream().mapToDouble(answer -> task.reward(problem, tokenizer.decode(answer.text()))).toArray();
      all.add(new Rollout(prompts.get(i), answers.get(i), rewards));
    }
    outcomes.put(iteration, new Outcome(
        all.stream().mapToDouble(Rollout::meanReward).average().orElse(0), all.stream().mapToDouble(Rollout::meanLength).average().orElse(0)));
    return all;
  }

  /// What came of an iteration; each is told once.
  Outcome outcome(long iteration) {
    Outcome outcome = outcomes.remove(iteration);
    if (outcome == null) {
      throw new IllegalArgumentException("nothing was sampled for iteration " + iteration);
    }
    return outcome;
  }

  @Override
  public CounterRandom.State state() {
    return new CounterRandom.State(0, taken);
  }

  @Override
  public void restore(CounterRandom.State state) {
    taken = state.counter();
    sampledAt = -1; // perhaps with other weights
  }

  @Override
  public Tensor position() {
    return Tensor.zeros(0).toInt();
  }

  @Override
  public void mark(CounterRandom.State at, Tensor where) {}

  @Override
  public void close() {
    rollouts = List.of();
  }
}
