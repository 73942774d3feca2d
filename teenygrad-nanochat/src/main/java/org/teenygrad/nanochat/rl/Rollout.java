package org.teenygrad.nanochat.rl;

import java.util.Arrays;
import java.util.List;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// The answers to one problem and what they are worth.
///
/// @param prompt the tokens before each
/// @param rewards of the answers
record Rollout(int[] prompt, List<Completion> answers, double[] rewards) {
  /// Rows are padded to powers of two, so that few graphs are made.
  private static final int SHORTEST = 32;

  double meanReward() {
    return Arrays.stream(rewards).average().orElse(0);
  }

  /// Tokens of the prompt and an answer, on the average.
  double meanLength() {
    return prompt.length + answers.stream().mapToInt(answer -> answer.text().length).average().orElse(0);
  }

  private int length() {
    int longest = prompt.length + answers.stream().mapToInt(answer -> answer.text().length).max().orElse(0);
    int padded = SHORTEST;
    while (padded < longest - 1) {
      padded *= 2;
    }
    return padded;
  }

  /// Some answers as a batch: inputs and targets int32 (answers, time), advantages float32 (answers, 1). Targets are the tokens that were
  /// sampled; the prompt's and the tool's are none. The advantage is how much more than the mean of all answers one is worth.
  Batch batch(int begin, int end, NanochatTokenizer tokenizer) {
    int time = length();
    int[] inputs = new int[(end - begin) * time];
    int[] targets = new int[inputs.length];
    float[] advantages = new float[end - begin];
    Arrays.fill(inputs, tokenizer.token(SpecialToken.ASSISTANT_END));
    Arrays.fill(targets, Gpt.IGNORED);
    double mean = meanReward();
    for (int answer = begin; answer < end; answer++) {
      int row = (answer - begin) * time;
      System.arraycopy(prompt, 0, inputs, row, Math.min(time, prompt.length));
      int length = answers.get(answer).text().length;
      for (int i = 0; i < length; i++) {
        GeneratedToken token = answers.get(answer).tokens().get(i);
        int at = prompt.length + i;
        if (at < time) {
          inputs[row + at] = token.token();
        }
        if (!token.forced()) {
          targets[row + at - 1] = token.token();
        }
      }
      advantages[answer - begin] = (float) (rewards[answer] - mean);
    }
    return new Batch(List.of(Tensor.of(inputs, end - begin, time), Tensor.of(targets, end - begin, time), Tensor.of(advantages, end - begin, 1)));
  }

  /// What is to fall: the negative log-probability of each sampled token times its answer's advantage, a mean over the sampled tokens.
  static Tensor loss(Gpt model, Batch batch) {
    Tensor targets = batch.targets();
    Tensor sampled = targets.ge(0).toFloat().sum().clampMin(1);
    Tensor losses = model.losses(batch.inputs(), targets).reshape(targets.size(0), targets.size(1)); // 0 where there is no target
    return losses.mul(batch.fields().get(2)).sum().div(sampled);
  }
}
