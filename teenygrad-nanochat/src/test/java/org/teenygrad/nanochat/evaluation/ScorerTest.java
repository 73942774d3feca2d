package org.teenygrad.nanochat.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.nanochat.evaluation.Scorer.Row;
import org.teenygrad.nanochat.evaluation.Scorer.Score;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;

class ScorerTest {
  static final NanochatTokenizer BYTES = new TokenizerTrainer(265).train(Stream.of("a").iterator()).tokenizer();

  private static final List<Integer> LENGTHS = List.of(9, 40, 17, 3, 70, 33, 2, 39, 12);

  /// Weights that prefer some tokens to others.
  static Gpt random() {
    Tensor.manualSeed(3);
    Gpt model = Gpt.of(new GptConfig(16, 265, 2, 2, 2, 32, "SL"), DType.FLOAT32);
    model.namedParameters().forEach((name, weight) -> {
      if (name.startsWith("lm_head") || name.contains("c_proj")) {
        Tensor.noGrad(() -> weight.assign(Tensor.randn(weight.shape().toArray()).mul(0.3)).realize());
      }
    });
    return model;
  }

  private static int[] tokens(Random random, int count) {
    return random.ints(count, 0, 256).toArray();
  }

  /// The straight way: a row at a time, all logits.
  private static Score straight(Gpt model, Row row) {
    float[][] logits = new float[row.tokens().length][];
    float[] all = model.forward(Tensor.of(row.tokens(), 1, row.tokens().length)).toFloatArray();
    IntStream.range(0, logits.length).forEach(i -> logits[i] = Arrays.copyOfRange(all, i * 265, (i + 1) * 265));
    double loss = 0;
    boolean greedy = true;
    for (int i = row.begin(); i < row.end(); i++) {
      float[] scores = logits[i - 1];
      float own = scores[row.tokens()[i]];
      double sum = 0;
      for (float score : scores) {
        sum += Math.exp(score);
        greedy &= score <= own;
      }
      loss += Math.log(sum) - own;
    }
    return new Score(loss / (row.end() - row.begin()), greedy);
  }

  @Test
  void batchedScoresAreThoseOfSingleRows() {
    Gpt model = random();
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int length : LENGTHS) {
      int begin = 1 + random.nextInt(length - 1);
      rows.add(new Row(tokens(random, length), begin, begin + 1 + random.nextInt(length - begin)));
    }
    // rows that go on as the model likes best
    for (int length : List.of(5, 20)) {
      int[] row = Arrays.copyOf(tokens(random, length), length + 2);
      for (int i = length; i < row.length; i++) {
        row[i] = model.forward(Tensor.of(Arrays.copyOf(row, i), 1, i)).select(1, i - 1).argmax(-1).toIntArray()[0];
      }
      rows.add(new Row(row, length, length + 2));
    }
    List<Score> scores = new Scorer(model, BYTES, 4).score(rows);
    for (int i = 0; i < rows.size(); i++) {
      Score straight = straight(model, rows.get(i));
      assertThat(scores.get(i).meanLoss()).isCloseTo(straight.meanLoss(), within(1e-5));
      assertThat(scores.get(i).isGreedy()).isEqualTo(straight.isGreedy()).isEqualTo(i >= LENGTHS.size());
    }
  }

  @Test
  void choosesTheLikeliestOfSomeTokens() {
    Gpt model = random();
    Random random = new Random(2);
    List<int[]> prompts = LENGTHS.stream().map(length -> tokens(random, length)).toList();
    List<int[]> candidates = LENGTHS.stream().map(length -> tokens(random, 2 + length % 4)).toList();
    int[] chosen = new Scorer(model, BYTES, 4).choose(prompts, candidates);
    for (int i = 0; i < chosen.length; i++) {
      float[] logits = model.forward(Tensor.of(prompts.get(i), 1, prompts.get(i).length)).select(1, prompts.get(i).length - 1).toFloatArray();
      float chosenLogit = logits[candidates.get(i)[chosen[i]]];
      for (int candidate : candidates.get(i)) {
        assertThat(logits[candidate]).isLessThanOrEqualTo(chosenLogit);
      }
    }
  }

  @Test
  void ofARowThatIsTooLongTheEndCounts() {
    Gpt model = random();
    int[] row = tokens(new Random(5), model.maxPositions() + 9);
    Score score = new Scorer(model, BYTES, 1).score(List.of(new Row(row, row.length - 4, row.length))).getFirst();
    Row end = new Row(Arrays.copyOfRange(row, 9, row.length), row.length - 13, row.length - 9);
    assertThat(score.meanLoss()).isCloseTo(straight(model, end).meanLoss(), within(1e-5));
  }

  /// How many schedules are made while an action runs.
  private static int schedules(Runnable action) {
    List<Activity.Scheduled> made = new ArrayList<>();
    try (Activity.Watching _ = Activity.watch(event -> {
      if (event instanceof Activity.Scheduled scheduled && scheduled.made() != null) {
        made.add(scheduled);
      }
    })) {
      action.run();
    }
    return made.size();
  }

  @Test
  void whateverIsAskedTakesAScheduleForEachOfFewLengths() {
    Gpt model = random();
    Scorer scorer = new Scorer(model, BYTES, 3);
    Random random = new Random(4);
    List<Row> rows = IntStream.rangeClosed(2, model.maxPositions()).mapToObj(length -> {
      int begin = 1 + random.nextInt(length - 1);
      return new Row(tokens(random, length), begin, begin + 1 + random.nextInt(length - begin));
    }).toList();
    int lengths = (int) IntStream.rangeClosed(1, model.maxPositions()).map(scorer::padded).distinct().count();
    assertThat(lengths).isEqualTo(6); // 32, 48, 64, 96, 128, 160
    assertThat(schedules(() -> scorer.score(rows))).isEqualTo(lengths + 1);
    assertThat(schedules(() -> {
      scorer.score(rows.subList(0, 2));
      scorer.choose(List.of(tokens(random, 7), tokens(random, 200)), List.of(new int[] {1, 2, 3}, new int[] {4, 5}));
    })).isZero();
  }

  @Test
  void whatARowIsGivenDoesNotDependOnTheOthers() {
    Scorer scorer = new Scorer(random(), BYTES, 2);
    Random random = new Random(6);
    List<Row> rows = LENGTHS.stream().map(length -> new Row(tokens(random, length), 1, length)).toList();
    List<Score> together = scorer.score(rows);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(scorer.score(List.of(rows.get(i)))).containsExactly(together.get(i)); // to the last bit
    }
  }

  @Test
  void moreTokensThanABatchHasRoomForAreFoundInParts() {
    Gpt model = random();
    Row row = new Row(tokens(new Random(7), 100), 2, 99); // 97 tokens where a batch has room for 32
    assertThat(new Scorer(model, BYTES, 1).score(List.of(row)).getFirst().meanLoss()).isCloseTo(straight(model, row).meanLoss(), within(1e-5));
  }

  @Test
  void nothingToFindIsNeverLikely() {
    assertThat(new Scorer(random(), BYTES, 1).score(List.of(new Row(new int[] {1, 2}, 2, 2))).getFirst().meanLoss()).isInfinite();
  }
}
