package org.teenygrad.nanochat.sft;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.nanochat.evaluation.Answerer;
import org.teenygrad.nanochat.evaluation.ChatTask;
import org.teenygrad.nanochat.evaluation.EvaluationTable;
import org.teenygrad.nanochat.evaluation.Scorer;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;

/// nanochat's ChatCORE in the course of fine-tuning: the mean over tasks of the share of right answers above guessing; of all tasks, and of
/// those with letters to choose from.
record ChatCore(List<ChatTask> tasks, SftSettings settings, NanochatTokenizer tokenizer) {
  /// The names of the numbers.
  static final List<String> NAMES = List.of("ChatCORE", "ChatCORE_cat");

  private static final int MOST_TOKENS = 512;
  private static final int TOP_K = 50;

  /// Whether a training says it: there are questions, and they are wanted.
  boolean isWanted() {
    return settings.chatcoreEvery() > 0 && !tasks.isEmpty();
  }

  /// Measures a model; the likeliest tokens are its answers.
  /// @param computing in the type to compute in
  /// @param isDue whether it is this iteration's turn; NaN if not
  List<Double> of(Gpt computing, boolean isDue) {
    if (!isDue) {
      return List.of(Double.NaN, Double.NaN);
    }
    int rows = settings.deviceBatchSize();
    Scorer scorer = new Scorer(computing, tokenizer, rows);
    Answerer answerer = new Answerer(computing, tokenizer, new Answerer.Options(
        rows, 1, Math.min(MOST_TOKENS, settings.maxSeqLen()), 0, TOP_K, settings.seed()));
    Map<String, EvaluationTable.Result> all = new LinkedHashMap<>();
    Map<String, EvaluationTable.Result> chosen = new LinkedHashMap<>();
    for (ChatTask task : tasks) {
      int most = task.isChoice() ? settings.chatcoreMaxCat() : settings.chatcoreMaxSample();
      EvaluationTable.Result result = EvaluationTable.Result.of(task.accuracy(scorer, answerer, most), task.randomBaseline());
      all.put(task.label(), result);
      if (task.isChoice()) {
        chosen.put(task.label(), result);
      }
    }
    return List.of(new EvaluationTable(all).metric(), new EvaluationTable(chosen).metric());
  }
}
