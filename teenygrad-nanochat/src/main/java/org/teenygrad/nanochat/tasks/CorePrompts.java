package org.teenygrad.nanochat.tasks;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.nanochat.tasks.CoreExample.LanguageModeling;

/// The prompts of a task of CORE, as nanochat asks them.
///
/// ```java
/// CorePrompts prompts = CorePrompts.of(examples, 10, "\nAnswer: ");
/// prompts.ask(0);   // a prompt for each answer
/// ```
/// @param examples the questions, in the order in which they are asked
/// @param fewShot examples with their answers before each question
/// @param delimiter between what is asked and what is answered
public record CorePrompts(List<CoreExample> examples, int fewShot, String delimiter) {
  private static final int ORDER_SEED = 1337;
  private static final int FEW_SHOT_SEED = 1234;

  /// @throws IllegalArgumentException if there are too few questions for the examples
  public CorePrompts {
    examples = List.copyOf(examples);
    if (fewShot < 0 || !examples.isEmpty() && fewShot >= examples.size()) {
      throw new IllegalArgumentException(fewShot + " examples before a question need more than " + examples.size() + " questions");
    }
  }

  /// The questions of a file, in nanochat's order.
  /// @throws IllegalArgumentException if there are too few for the examples
  public static CorePrompts of(List<CoreExample> file, int fewShot, String delimiter) {
    List<CoreExample> shuffled = new ArrayList<>(file);
    new PythonRandom(ORDER_SEED).shuffle(shuffled);
    return new CorePrompts(shuffled, fewShot, delimiter);
  }

  /// The first questions only; examples are taken from them.
  /// @throws IllegalArgumentException if there are too few for the examples
  public CorePrompts first(int count) {
    return new CorePrompts(examples.subList(0, Math.min(count, examples.size())), fewShot, delimiter);
  }

  /// The examples before a question: others of the same task, drawn by its index.
  public List<CoreExample> examplesBefore(int question) {
    List<CoreExample> others = new ArrayList<>(examples);
    others.remove(question);
    return new PythonRandom(FEW_SHOT_SEED + question).sample(others, fewShot);
  }

  /// The prompts of a question: one for each answer, or of language modelling two, without and with the continuation.
  public List<String> ask(int question) {
    StringBuilder before = new StringBuilder();
    for (CoreExample example : examplesBefore(question)) {
      before.append(example.shown(delimiter)).append("\n\n");
    }
    CoreExample example = examples.get(question);
    List<String> prompts = example.asked(delimiter).stream().map(prompt -> before + prompt).toList();
    // white space before the continuation is a part of its first token
    return example instanceof LanguageModeling ? List.of(PythonText.strip(prompts.get(0)), prompts.get(1)) : prompts;
  }
}
