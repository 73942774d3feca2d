package org.teenygrad.nanochat.sft;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.corpus.EmbeddedCorpus;
import org.teenygrad.nanochat.evaluation.ChatTask;
import org.teenygrad.nanochat.tasks.Gsm8k;
import org.teenygrad.nanochat.tasks.MultipleChoice;
import org.teenygrad.nanochat.tasks.SimpleSpelling;
import org.teenygrad.nanochat.tasks.SpellingBee;
import org.teenygrad.nanochat.tasks.Task;

/// Where the parts of nanochat's mixture are.
///
/// @param conversations files of conversations, an object `{"messages": [...]}` a line; a file that is named twice is there twice
/// @param validation more of them, to judge by; if there are none, each tenth of the others
/// @param gsm8k a folder with `train.jsonl` and `test.jsonl` as [Gsm8k] reads them, or null
/// @param mmlu a folder with `train.jsonl` and `test.jsonl` as [MultipleChoice] reads them, or null
/// @param words a file with a word a line, to spell, or null
public record ChatData(List<Path> conversations, List<Path> validation, @Nullable Path gsm8k, @Nullable Path mmlu, @Nullable Path words) {
  private static final int VALIDATION_EVERY = 10;

  /// nanochat's shares of the mixture in evaluations.
  private static final int MOST_CHOICES = 5200;

  private static final int MOST_PROBLEMS = 420;

  public ChatData {
    conversations = List.copyOf(conversations);
    validation = List.copyOf(validation);
  }

  /// The embedded data. Of the problems there are few solutions, so that reinforcement, which has all problems, has something left
  /// to teach.
  public static ChatData of(EmbeddedCorpus corpus) {
    Path folder = corpus.folder();
    return new ChatData(
        List.of(folder.resolve("conversations/train.jsonl")),
        List.of(folder.resolve("conversations/validation.jsonl")),
        folder.resolve("solutions"),
        folder.resolve("choices"),
        folder.resolve("words.txt"));
  }

  /// The mixtures.
  /// @throws IllegalArgumentException if there are no conversations, or a file is not what it should be
  public SftTasks tasks(SftSettings settings) {
    List<Task> train = new ArrayList<>();
    List<Task> judged = new ArrayList<>();
    List<ChatTask> asked = new ArrayList<>();
    for (Path file : conversations) {
      Task all = Task.read(file);
      train.add(validation.isEmpty() ? part(all, false) : all);
      if (validation.isEmpty()) {
        judged.add(part(all, true));
      }
    }
    validation.forEach(file -> judged.add(Task.read(file)));
    if (mmlu != null) {
      train.addAll(IntStream.range(0, settings.mmluEpochs()).mapToObj(epoch -> MultipleChoice.read(mmlu.resolve("train.jsonl"))).toList());
      MultipleChoice test = MultipleChoice.read(mmlu.resolve("test.jsonl"));
      judged.add(test.first(MOST_CHOICES));
      asked.add(new ChatTask("MMLU", test, ChatTask.ONE_OF_FOUR));
    }
    if (gsm8k != null) {
      train.addAll(IntStream.range(0, settings.gsm8kEpochs()).mapToObj(epoch -> Gsm8k.read(gsm8k.resolve("train.jsonl"))).toList());
      Gsm8k test = Gsm8k.read(gsm8k.resolve("test.jsonl"));
      judged.add(test.first(MOST_PROBLEMS));
      asked.add(new ChatTask("GSM8K", test, 0));
    }
    if (words != null) {
      train.add(SimpleSpelling.read(words, settings.simpleSpellingSize(), false));
      train.add(SpellingBee.read(words, settings.spellingBeeSize(), false));
      asked.add(new ChatTask("SpellingBee", SpellingBee.read(words, ChatTask.SPELLING_BEE_SIZE, true), 0));
    }
    SftTasks tasks = new SftTasks(Task.mixture(train), Task.mixture(judged), asked);
    if (tasks.train().size() == 0 || tasks.validation().size() == 0) {
      throw new IllegalArgumentException("there is not a conversation to learn and one to judge by: give --data with 10 conversations or more, "
          + "or --val-data, --gsm8k or --mmlu beside it");
    }
    return tasks;
  }

  /// Each tenth conversation, or the others.
  private static Task part(Task all, boolean tenths) {
    return Task.of(IntStream.range(0, all.size())
        .filter(i -> (i % VALIDATION_EVERY == VALIDATION_EVERY - 1) == tenths).mapToObj(all::conversation).toList());
  }
}
