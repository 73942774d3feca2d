package org.teenygrad.nanochat.evaluation;

import java.util.List;

/// Something that writes answers.
@FunctionalInterface
public interface Answering {
  /// @param prompts tokens, from `<|bos|>` to `<|assistant_start|>`
  /// @return by prompt the text of each sample, tool calls and results in it as text
  List<List<String>> answers(List<int[]> prompts);
}
