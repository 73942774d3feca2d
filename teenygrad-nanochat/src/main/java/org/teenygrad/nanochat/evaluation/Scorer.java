package org.teenygrad.nanochat.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.LossReduction;
import org.teenygrad.Recorded;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// How likely a model finds given tokens. Rows of similar length are computed together, filled up with `<|bos|>`, which nothing before it
/// sees; the head is computed only where tokens are asked for.
///
/// ```java
/// Scorer scorer = new Scorer(trained.computing(), tokenizer, 8);
/// scorer.score(List.of(new Scorer.Row(tokens, 5, 8))).getFirst().meanLoss();   // of tokens 5, 6 and 7, in nats
/// ```
/// Weights must not change in its life: what it computes is recorded.
public final class Scorer {
  private static final int SHORTEST = 16;

  /// Lengths are rounded up to this part of the power of two below them: few graphs for many lengths, little padding.
  private static final int PARTS = 4;

  private final Gpt model;
  private final NanochatTokenizer tokenizer;
  private final int batchSize;
  private final Map<Form, Recorded> graphs = new HashMap<>();

  /// A row, some tokens of which are to be found from those before them.
  /// @param begin the first of these, at least 1
  /// @param end behind the last
  public record Row(int[] tokens, int begin, int end) {
    Row cut(int most) {
      int before = Math.max(0, tokens.length - most);
      return before == 0 ? this : new Row(Arrays.copyOfRange(tokens, before, tokens.length), Math.max(1, begin - before), Math.max(1, end - before));
    }

    private int count() {
      return end - begin;
    }
  }

  /// What a model says of a row's tokens.
  /// @param meanLoss their mean cross-entropy in nats; infinite if there are none
  /// @param isGreedy whether each of them is the likeliest
  public record Score(double meanLoss, boolean isGreedy) {}

  /// What a graph is made for.
  /// @param time tokens of a row
  /// @param count positions, or candidates, of each
  /// @param choosing whether candidates for one position are compared
  private record Form(int time, int count, boolean choosing) {}

  /// @param model in the type to compute in
  /// @param batchSize rows that are computed together
  public Scorer(Gpt model, NanochatTokenizer tokenizer, int batchSize) {
    Tensor.realize(model.stateDict().values());
    this.model = model;
    this.tokenizer = tokenizer;
    this.batchSize = batchSize;
  }

  public NanochatTokenizer tokenizer() {
    return tokenizer;
  }

  /// Scores rows, in their order. Of a row that is longer than the model's positions the end counts.
  public List<Score> score(List<Row> rows) {
    List<Row> cut = rows.stream().map(row -> row.cut(model.maxPositions())).toList();
    Score[] scores = new Score[cut.size()];
    batched(cut.size(), i -> new Form(padded(cut.get(i).tokens.length), count(cut.get(i).count()), false), (form, batch) -> {
      int[] positions = new int[batchSize * form.count];
      int[] targets = new int[batchSize * form.count];
      Arrays.fill(targets, Gpt.IGNORED);
      for (int b = 0; b < batch.length; b++) {
        Row row = cut.get(batch[b]);
        for (int k = 0; k < row.count(); k++) {
          positions[b * form.count + k] = row.begin + k - 1;
          targets[b * form.count + k] = row.tokens[row.begin + k];
        }
      }
      float[] values = graph(form).call(
          ids(form, batch, i -> cut.get(i).tokens), matrix(positions, form.count), matrix(targets, form.count)).toFloatArray();
      for (int b = 0; b < batch.length; b++) {
        scores[batch[b]] = score(values, b * form.count, cut.get(batch[b]).count());
      }
    });
    return List.of(scores);
  }

  /// @param values losses of all positions, then 1 or 0: whether the token is the likeliest
  private static Score score(float[] values, int begin, int count) {
    double sum = 0;
    boolean greedy = true;
    for (int k = begin; k < begin + count; k++) {
      sum += values[k];
      greedy &= values[values.length / 2 + k] == 1;
    }
    return new Score(count == 0 ? Double.POSITIVE_INFINITY : sum / count, greedy);
  }

  /// Which of some tokens is the likeliest to follow each prompt: the first of them, where several are.
  /// @param candidates tokens by prompt
  /// @return indices of them
  public int[] choose(List<int[]> prompts, List<int[]> candidates) {
    int[] chosen = new int[prompts.size()];
    batched(prompts.size(), i -> new Form(padded(prompts.get(i).length), count(candidates.get(i).length), true), (form, batch) -> {
      int[] positions = new int[batchSize];
      int[] tokens = new int[batchSize * form.count];
      for (int b = 0; b < batch.length; b++) {
        positions[b] = prompts.get(batch[b]).length - 1;
        System.arraycopy(candidates.get(batch[b]), 0, tokens, b * form.count, candidates.get(batch[b]).length);
      }
      float[] scores = graph(form).call(ids(form, batch, prompts::get), matrix(positions, 1), matrix(tokens, form.count)).toFloatArray();
      for (int b = 0; b < batch.length; b++) {
        chosen[batch[b]] = largest(scores, b * form.count, candidates.get(batch[b]).length);
      }
    });
    return chosen;
  }

  private static int largest(float[] scores, int begin, int count) {
    int largest = 0;
    for (int k = 1; k < count; k++) {
      largest = scores[begin + k] > scores[begin + largest] ? k : largest;
    }
    return largest;
  }

  /// Computes rows of the same form together.
  private interface Computing {
    /// @param batch numbers of rows, at most the batch size
    void compute(Form form, int... batch);
  }

  private void batched(int rows, IntFunction<Form> forms, Computing computing) {
    Map<Form, List<Integer>> byForm = new HashMap<>();
    IntStream.range(0, rows).forEach(i -> byForm.computeIfAbsent(forms.apply(i), any -> new ArrayList<>()).add(i));
    byForm.keySet().stream().sorted(Comparator.comparingInt(Form::time).thenComparingInt(Form::count)).forEach(form -> {
      int[] all = byForm.getOrDefault(form, List.of()).stream().mapToInt(i -> i).toArray();
      for (int begin = 0; begin < all.length; begin += batchSize) {
        computing.compute(form, Arrays.copyOfRange(all, begin, Math.min(all.length, begin + batchSize)));
      }
    });
  }

  private static int padded(int length) {
    int part = Math.max(SHORTEST, Integer.highestOneBit(length) / PARTS);
    return Math.ceilDiv(length, part) * part;
  }

  /// The power of four above.
  private static int count(int count) {
    int rounded = 1;
    while (rounded < count) {
      rounded *= 4;
    }
    return rounded;
  }

  private Tensor ids(Form form, int[] batch, IntFunction<int[]> tokens) {
    int[] ids = new int[batchSize * form.time];
    Arrays.fill(ids, tokenizer.token(SpecialToken.BOS));
    for (int b = 0; b < batch.length; b++) {
      int[] row = tokens.apply(batch[b]);
      System.arraycopy(row, 0, ids, b * form.time, row.length);
    }
    return matrix(ids, form.time);
  }

  private Tensor matrix(int[] values, int columns) {
    return Tensor.of(values, batchSize, columns);
  }

  private Recorded graph(Form form) {
    return graphs.computeIfAbsent(form, any -> Recorded.of(inputs -> {
      Tensor logits = model.logitsAt(inputs.get(0), inputs.get(1)); // (batch, count or 1, vocab)
      Tensor tokens = inputs.get(2);
      if (form.choosing) {
        return logits.reshape(batchSize, -1).gather(1, tokens);
      }
      Tensor losses = logits.reshape(-1, logits.size(-1)).crossEntropy(tokens.reshape(-1), Gpt.IGNORED, LossReduction.NONE, 0);
      Tensor hits = logits.argmax(-1).eq(tokens).reshape(-1).cast(DType.FLOAT32);
      return Tensor.stack(List.of(losses, hits), 0);
    }));
  }
}
