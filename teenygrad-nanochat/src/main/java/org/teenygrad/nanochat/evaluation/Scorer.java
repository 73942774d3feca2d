package org.teenygrad.nanochat.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.LossReduction;
import org.teenygrad.Recorded;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// How likely a model finds given tokens. Rows are padded to one of [few lengths][#padded(int)] with `<|bos|>`, which nothing
/// before it sees, and rows of a length are computed together; the head is computed only where tokens are asked for. So there is
/// one schedule for each length, and one for the head, whatever is asked.
///
/// ```java
/// Scorer scorer = new Scorer(trained.computing(), tokenizer, 8);
/// scorer.score(List.of(new Scorer.Row(tokens, 5, 8))).getFirst().meanLoss();   // of tokens 5, 6 and 7, in nats
/// ```
/// Weights must not change in its life: what it computes is recorded.
public final class Scorer {
  private static final int SHORTEST = 32;

  /// The head is computed for so many positions of a batch for each of its rows.
  private static final int POSITIONS_OF_ROW = 32;

  /// What the head says of a position: the token's loss, whether it is the likeliest, its logit.
  private static final int FACTS = 3;

  private final Gpt model;
  private final NanochatTokenizer tokenizer;
  private final int batchSize;
  private final int positions;
  private final Map<Integer, Recorded> bodies = new HashMap<>();
  private final Recorded head;

  /// A row, some tokens of which are to be found from those before them.
  /// @param begin the first of these, at least 1
  /// @param end behind the last
  public record Row(int[] tokens, int begin, int end) {
    Row cut(int most) {
      int before = Math.max(0, tokens.length - most);
      return before == 0 ? this : new Row(Arrays.copyOfRange(tokens, before, tokens.length), Math.max(1, begin - before), Math.max(1, end - before));
    }

    private Question question() {
      return new Question(tokens, IntStream.range(begin - 1, end - 1).toArray(), Arrays.copyOfRange(tokens, begin, end));
    }
  }

  /// What a model says of a row's tokens.
  /// @param meanLoss their mean cross-entropy in nats; infinite if there are none
  /// @param isGreedy whether each of them is the likeliest
  public record Score(double meanLoss, boolean isGreedy) {}

  /// Tokens that are to be judged.
  /// @param positions by which token of the row each is found
  private record Question(int[] tokens, int[] positions, int... targets) {
    /// What of the row is needed.
    int length() {
      return Arrays.stream(positions).max().orElse(0) + 1;
    }
  }

  /// Some targets of a question, as many as a batch has room for.
  private record Piece(int question, int begin, int end) {
    int count() {
      return end - begin;
    }
  }

  /// @param model in the type to compute in
  /// @param batchSize rows that are computed together
  public Scorer(Gpt model, NanochatTokenizer tokenizer, int batchSize) {
    Tensor.realize(model.stateDict().values());
    this.model = model;
    this.tokenizer = tokenizer;
    this.batchSize = batchSize;
    positions = batchSize * POSITIONS_OF_ROW;
    head = Recorded.of(inputs -> head(inputs.get(0), inputs.get(1)));
  }

  public NanochatTokenizer tokenizer() {
    return tokenizer;
  }

  /// Scores rows, in their order. Of a row that is longer than the model's positions the end counts. What a row is given does not depend on
  /// the others.
  public List<Score> score(List<Row> rows) {
    return answers(rows.stream().map(row -> row.cut(model.maxPositions()).question()).toList()).stream().map(Scorer::score).toList();
  }

  private static Score score(float[][] facts) {
    int count = facts[0].length;
    double sum = 0;
    boolean greedy = true;
    for (int k = 0; k < count; k++) {
      sum += facts[0][k];
      greedy &= facts[1][k] == 1;
    }
    return new Score(count == 0 ? Double.POSITIVE_INFINITY : sum / count, greedy);
  }

  /// Which of some tokens is the likeliest to follow each prompt: the first of them, where several are.
  /// @param candidates tokens by prompt
  /// @return indices of them
  public int[] choose(List<int[]> prompts, List<int[]> candidates) {
    List<Question> questions = IntStream.range(0, prompts.size()).mapToObj(i -> {
      int[] positions = new int[candidates.get(i).length];
      Arrays.fill(positions, prompts.get(i).length - 1);
      return new Question(prompts.get(i), positions, candidates.get(i));
    }).toList();
    return answers(questions).stream().mapToInt(facts -> largest(facts[2])).toArray();
  }

  private static int largest(float... scores) {
    int largest = 0;
    for (int k = 1; k < scores.length; k++) {
      largest = scores[k] > scores[largest] ? k : largest;
    }
    return largest;
  }

  /// By question the facts of its targets.
  private List<float[][]> answers(List<Question> questions) {
    List<float[][]> facts = questions.stream().map(question -> new float[FACTS][question.targets.length]).toList();
    Map<Integer, List<Piece>> byLength = new TreeMap<>();
    for (int i = 0; i < questions.size(); i++) {
      Question question = questions.get(i);
      for (int begin = 0; begin < question.targets.length; begin += positions) {
        Piece piece = new Piece(i, begin, Math.min(question.targets.length, begin + positions));
        byLength.computeIfAbsent(padded(question.length()), any -> new ArrayList<>()).add(piece);
      }
    }
    byLength.forEach((length, pieces) -> {
      for (int begin = 0; begin < pieces.size();) {
        int end = batchEnd(pieces, begin);
        compute(length, questions, pieces.subList(begin, end), facts);
        begin = end;
      }
    });
    return facts;
  }

  /// Behind the last piece that fits in a batch with those from `begin` on.
  private int batchEnd(List<Piece> pieces, int begin) {
    int end = begin;
    int count = 0;
    while (end < pieces.size() && end - begin < batchSize && count + pieces.get(end).count() <= positions) {
      count += pieces.get(end++).count();
    }
    return end;
  }

  private void compute(int length, List<Question> questions, List<Piece> batch, List<float[][]> facts) {
    int[] ids = new int[batchSize * length];
    int[] found = new int[positions];
    int[] targets = new int[positions];
    Arrays.fill(ids, tokenizer.token(SpecialToken.BOS));
    Arrays.fill(targets, Gpt.IGNORED);
    int at = 0;
    for (int b = 0; b < batch.size(); b++) {
      Piece piece = batch.get(b);
      Question question = questions.get(piece.question);
      System.arraycopy(question.tokens, 0, ids, b * length, question.length());
      for (int k = piece.begin; k < piece.end; k++) {
        found[at] = b * length + question.positions[k];
        targets[at++] = question.targets[k];
      }
    }
    Tensor hidden = body(length).call(Tensor.of(ids, batchSize, length), Tensor.of(found, positions));
    float[] values = head.call(hidden, Tensor.of(targets, positions)).toFloatArray();
    at = 0;
    for (Piece piece : batch) {
      for (int fact = 0; fact < FACTS; fact++) {
        System.arraycopy(values, fact * positions + at, facts.get(piece.question)[fact], piece.begin, piece.count());
      }
      at += piece.count();
    }
  }

  /// The length that rows are padded to: a power of two or one and a half times one, from 32 on. Two lengths an octave waste a fifth of the
  /// work; each more is one more schedule to plan and compile, which takes longer on a GPU than a task's questions.
  int padded(int length) {
    int power = Math.max(SHORTEST, Integer.highestOneBit(length));
    int padded = length <= power ? power : length <= power + power / 2 ? power + power / 2 : 2 * power;
    return Math.min(padded, model.maxPositions());
  }

  private Recorded body(int length) {
    return bodies.computeIfAbsent(length, any -> Recorded.of(inputs -> model.hiddenAt(inputs.get(0), inputs.get(1))));
  }

  /// @param hidden (positions, dim)
  /// @param targets (positions)
  /// @return (facts, positions)
  private Tensor head(Tensor hidden, Tensor targets) {
    Tensor logits = model.scores(hidden);
    Tensor losses = logits.crossEntropy(targets, Gpt.IGNORED, LossReduction.NONE, 0);
    Tensor hits = logits.argmax(-1).eq(targets).cast(DType.FLOAT32);
    Tensor own = logits.gather(1, targets.clampMin(0).unsqueeze(1)).reshape(-1);
    return Tensor.stack(List.of(losses, hits, own), 0);
  }
}
