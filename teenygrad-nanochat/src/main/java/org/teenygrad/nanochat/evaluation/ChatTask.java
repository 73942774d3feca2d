package org.teenygrad.nanochat.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.nanochat.tasks.GradedTask;
import org.teenygrad.nanochat.tasks.Gsm8k;
import org.teenygrad.nanochat.tasks.HumanEval;
import org.teenygrad.nanochat.tasks.MultipleChoice;
import org.teenygrad.nanochat.tasks.SpellingBee;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.RenderedConversation;

/// Questions for a model that chats. Of multiple choice the likeliest letter counts, other answers are written and judged.
///
/// @param randomBaseline the accuracy of guessing, 0 to 1
public record ChatTask(String label, GradedTask task, double randomBaseline) {
  /// The accuracy of guessing among four.
  public static final double ONE_OF_FOUR = 0.25;

  /// nanochat's number of words.
  public static final int SPELLING_BEE_SIZE = 256;

  /// The tasks whose questions a folder has.
  ///
  /// | file | task |
  /// | --- | --- |
  /// | `arc_easy/test.jsonl`, `arc_challenge/test.jsonl`, `mmlu/test.jsonl`, `choices/test.jsonl` | [MultipleChoice] |
  /// | `gsm8k/test.jsonl`, `problems/test.jsonl` | [Gsm8k] |
  /// | `HumanEval.jsonl.gz` or `HumanEval.jsonl` | [HumanEval] |
  /// | `words.txt` | [SpellingBee] |
  ///
  /// @throws IllegalArgumentException if a file is not as it should be
  public static List<ChatTask> read(Path folder) {
    List<ChatTask> tasks = new ArrayList<>();
    add(tasks, "ARC-Easy", ONE_OF_FOUR, MultipleChoice::read, folder.resolve("arc_easy/test.jsonl"));
    add(tasks, "ARC-Challenge", ONE_OF_FOUR, MultipleChoice::read, folder.resolve("arc_challenge/test.jsonl"));
    add(tasks, "MMLU", ONE_OF_FOUR, MultipleChoice::read, folder.resolve("mmlu/test.jsonl"));
    add(tasks, "Choices", ONE_OF_FOUR, MultipleChoice::read, folder.resolve("choices/test.jsonl"));
    add(tasks, "GSM8K", 0, Gsm8k::read, folder.resolve("gsm8k/test.jsonl"));
    add(tasks, "Problems", 0, Gsm8k::read, folder.resolve("problems/test.jsonl"));
    add(tasks, "HumanEval", 0, HumanEval::read, folder.resolve("HumanEval.jsonl.gz"), folder.resolve("HumanEval.jsonl"));
    add(tasks, "SpellingBee", 0, words -> SpellingBee.read(words, SPELLING_BEE_SIZE, true), folder.resolve("words.txt"));
    return tasks;
  }

  private static void add(List<ChatTask> tasks, String label, double baseline, Function<Path, GradedTask> read, Path... files) {
    Optional<Path> file = Stream.of(files).filter(Files::exists).findFirst();
    file.ifPresent(found -> tasks.add(new ChatTask(label, read.apply(found), baseline)));
  }

  /// The share of questions that are answered rightly, of several samples by any.
  /// @param answering writes answers where no letters are chosen from
  /// @param maxProblems how many questions are asked at most; -1 for all
  public double accuracy(Scorer scorer, Answering answering, int maxProblems) {
    int count = maxProblems < 0 ? task.size() : Math.min(maxProblems, task.size());
    List<int[]> prompts = IntStream.range(0, count).mapToObj(i -> prompt(scorer.tokenizer(), i)).toList();
    boolean[] right = task instanceof MultipleChoice choices ? chosen(choices, prompts, scorer) : written(answering.answers(prompts));
    return (double) IntStream.range(0, count).filter(i -> right[i]).count() / count;
  }

  /// Whether the likeliest letter counts, and nothing is written.
  public boolean isChoice() {
    return task instanceof MultipleChoice;
  }

  private int[] prompt(NanochatTokenizer tokenizer, int index) {
    return RenderedConversation.forCompletion(tokenizer, task.conversation(index));
  }

  private static boolean[] chosen(MultipleChoice choices, List<int[]> prompts, Scorer scorer) {
    List<int[]> letters = IntStream.range(0, prompts.size())
        .mapToObj(i -> choices.letters(i).stream().mapToInt(letter -> token(scorer.tokenizer(), letter)).toArray()).toList();
    int[] chosen = scorer.choose(prompts, letters);
    boolean[] right = new boolean[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      right[i] = choices.isCorrect(i, choices.letters(i).get(chosen[i]));
    }
    return right;
  }

  private static int token(NanochatTokenizer tokenizer, String letter) {
    int[] tokens = tokenizer.encode(letter);
    if (tokens.length != 1) {
      throw new IllegalArgumentException("a letter to choose must be one token, but \"" + letter + "\" is " + tokens.length);
    }
    return tokens[0];
  }

  private boolean[] written(List<List<String>> answers) {
    boolean[] right = new boolean[answers.size()];
    for (int i = 0; i < right.length; i++) {
      int index = i;
      right[i] = answers.get(i).stream().anyMatch(answer -> task.isCorrect(index, answer));
    }
    return right;
  }
}
