package org.teenygrad.nanochat.evaluation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.teenygrad.nanochat.evaluation.Scorer.Row;
import org.teenygrad.nanochat.evaluation.Scorer.Score;
import org.teenygrad.nanochat.tasks.CoreExample;
import org.teenygrad.nanochat.tasks.CoreExample.LanguageModeling;
import org.teenygrad.nanochat.tasks.CoreExample.MultipleChoice;
import org.teenygrad.nanochat.tasks.CoreExample.Schema;
import org.teenygrad.nanochat.tasks.CorePrompts;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// A task of CORE (Li et al., *DataComp-LM*, 2024): questions that a base model answers by what it finds likely.
///
/// @param fewShot examples with answers before each question
/// @param delimiter between what is asked and what is answered
/// @param randomBaseline the accuracy of guessing, 0 to 1
/// @param file its questions, an object a line
public record CoreTask(String label, CoreExample.Kind kind, int fewShot, String delimiter, double randomBaseline, Path file) {
  /// Questions whose prompts are made at once.
  private static final int QUESTIONS_AT_ONCE = 256;

  /// The tasks of a folder whose questions are there, by its `tasks.csv`; see [CoreTable].
  /// @throws IllegalArgumentException if there is no such file, or it is not as it should be
  /// @throws UncheckedIOException if it cannot be read
  public static List<CoreTask> read(Path folder) {
    return CoreTable.read(folder);
  }

  /// The questions, in the order of the file.
  private List<CoreExample> examples() {
    List<CoreExample> examples = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        try {
          examples.add(CoreExample.ofJson(kind, line.strip()));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(file + ", line " + (examples.size() + 1) + ": " + e.getMessage(), e);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
    return examples;
  }

  /// The share of right answers.
  /// @param maxPerTask how many questions are asked at most; -1 for all
  public double accuracy(Scorer scorer, int maxPerTask) {
    CorePrompts all = CorePrompts.of(examples(), fewShot, delimiter);
    CorePrompts prompts = maxPerTask < 0 ? all : all.first(maxPerTask);
    int questions = prompts.examples().size();
    long right = 0;
    for (int begin = 0; begin < questions; begin += QUESTIONS_AT_ONCE) {
      List<List<Row>> asked = new ArrayList<>();
      for (int question = begin; question < Math.min(questions, begin + QUESTIONS_AT_ONCE); question++) {
        asked.add(rows(prompts.ask(question), scorer.tokenizer()));
      }
      List<Score> scores = scorer.score(asked.stream().flatMap(List::stream).toList());
      int at = 0;
      for (int i = 0; i < asked.size(); i++) {
        right += isRight(prompts.examples().get(begin + i), scores.subList(at, at + asked.get(i).size())) ? 1 : 0;
        at += asked.get(i).size();
      }
    }
    return (double) right / questions;
  }

  /// The prompts of a question as rows: what differs between several answers, what is the same after several contexts, or a continuation.
  private List<Row> rows(List<String> prompts, NanochatTokenizer tokenizer) {
    List<int[]> tokens = prompts.stream().map(prompt -> withBos(tokenizer, prompt)).toList();
    return switch (kind) {
      case MULTIPLE_CHOICE -> {
        int begin = common(tokens, false);
        yield tokens.stream().map(row -> new Row(row, begin, row.length)).toList();
      }
      case SCHEMA -> {
        int length = common(tokens, true);
        yield tokens.stream().map(row -> new Row(row, Math.max(1, row.length - length), row.length)).toList();
      }
      case LANGUAGE_MODELING -> List.of(new Row(tokens.getLast(), common(tokens, false), tokens.getLast().length));
    };
  }

  private static int[] withBos(NanochatTokenizer tokenizer, String text) {
    int[] tokens = tokenizer.encode(text);
    int[] row = new int[tokens.length + 1];
    row[0] = tokenizer.token(SpecialToken.BOS);
    System.arraycopy(tokens, 0, row, 1, tokens.length);
    return row;
  }

  /// How many tokens all rows have in common at their beginning or at their end.
  private static int common(List<int[]> rows, boolean atEnd) {
    int shortest = rows.stream().mapToInt(row -> row.length).min().orElse(0);
    int[] first = rows.getFirst();
    for (int i = 0; i < shortest; i++) {
      int at = i;
      int token = atEnd ? first[first.length - 1 - at] : first[at];
      if (rows.stream().anyMatch(row -> (atEnd ? row[row.length - 1 - at] : row[at]) != token)) {
        return i;
      }
    }
    return shortest;
  }

  private static boolean isRight(CoreExample example, List<Score> scores) {
    return switch (example) {
      case MultipleChoice choice -> lowest(scores) == choice.gold();
      case Schema schema -> lowest(scores) == schema.gold();
      case LanguageModeling _ -> scores.getFirst().isGreedy();
    };
  }

  private static int lowest(List<Score> scores) {
    double[] losses = scores.stream().mapToDouble(Score::meanLoss).toArray();
    double lowest = Arrays.stream(losses).min().orElseThrow();
    int at = 0;
    while (losses[at] != lowest) {
      at++;
    }
    return at;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s (%d-shot, %s)", label, fewShot, kind.name().toLowerCase(Locale.ROOT));
  }
}
