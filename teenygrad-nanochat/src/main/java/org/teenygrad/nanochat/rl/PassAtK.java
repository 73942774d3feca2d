package org.teenygrad.nanochat.rl;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.nanochat.evaluation.Answering;
import org.teenygrad.nanochat.tasks.GradedTask;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.RenderedConversation;

/// The share of problems that one of the first k answers solves, for each k from 1 on (Chen et al. 2021).
record PassAtK(GradedTask task, NanochatTokenizer tokenizer, int mostProblems) {
  /// @param samples answers to each problem that `answering` writes
  /// @return of 1 to `samples` answers
  List<Double> of(Answering answering, int samples) {
    int problems = Math.min(mostProblems, task.size());
    List<int[]> prompts = IntStream.range(0, problems).mapToObj(i -> RenderedConversation.forCompletion(tokenizer, task.conversation(i))).toList();
    List<List<String>> answers = answering.answers(prompts);
    int[] solved = new int[samples];
    for (int i = 0; i < problems; i++) {
      int problem = i;
      List<String> own = answers.get(i);
      int first = IntStream.range(0, samples).filter(k -> task.isCorrect(problem, own.get(k))).findFirst().orElse(samples);
      for (int k = first; k < samples; k++) {
        solved[k]++;
      }
    }
    List<Double> shares = new ArrayList<>();
    for (int count : solved) {
      shares.add((double) count / problems);
    }
    return shares;
  }

  /// The names of the numbers: `pass@1` and so on.
  static List<String> names(int samples) {
    return IntStream.rangeClosed(1, samples).mapToObj(k -> "pass@" + k).toList();
  }
}
