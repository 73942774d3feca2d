package org.teenygrad.nanochat.tasks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.data.JsonLines;
import org.teenygrad.nanochat.json.Json;

/// Questions with choices, of which one is right: MMLU (Hendrycks et al. 2020), ARC (Clark et al. 2018). The answer is a letter; a model is
/// asked which of the letters is the likeliest next token.
///
/// A letter stands behind its choice and right behind `=`, as nanochat has it: small models bind it better, and `A` is the token that the
/// answer has, ` A` another.
///
/// ```java
/// MultipleChoice test = MultipleChoice.read(Path.of("test.jsonl"));
/// test.letters(0);           // [A, B, C, D]
/// test.isCorrect(0, "C");
/// ```
public final class MultipleChoice implements GradedTask {
  /// With which nanochat shuffles the data sets that it evaluates with.
  static final long SHUFFLE_SEED = 42;

  private final List<Question> questions;

  private record Question(Conversation conversation, List<String> letters, String answer) {}

  private MultipleChoice(List<Question> questions) {
    this.questions = questions;
  }

  /// Reads objects, in nanochat's order: MMLU's `{"question": ..., "choices": [...], "answer": index}` or ARC's
  /// `{"question": ..., "choices": {"text": [...], "label": [...]}, "answerKey": label}`.
  /// @throws IllegalArgumentException if a line is not such an object; says which
  /// @throws java.io.UncheckedIOException if the file cannot be read
  public static MultipleChoice read(Path file) {
    return new MultipleChoice(NumpyRandom.shuffled(JsonLines.read(file, MultipleChoice::question), SHUFFLE_SEED));
  }

  private static Question question(Map<String, Object> object) {
    String question = Json.string(object, "question");
    if (object.get("choices") instanceof List<?>) {
      List<String> choices = strings(object, "choices");
      List<String> letters = new ArrayList<>();
      for (int i = 0; i < choices.size(); i++) {
        letters.add(String.valueOf((char) ('A' + i)));
      }
      int answer = Json.integer(object, "answer");
      if (answer < 0 || answer >= letters.size()) {
        throw new IllegalArgumentException("the answer is choice " + answer + " of " + letters.size() + ", counted from 0");
      }
      return question(question, choices, letters, letters.get(answer));
    }
    Map<String, Object> choices = Json.object(object, "choices");
    return question(question, strings(choices, "text"), strings(choices, "label"), Json.string(object, "answerKey"));
  }

  private static List<String> strings(Map<String, Object> object, String name) {
    List<String> strings = new ArrayList<>();
    for (Object element : Json.list(object, name)) {
      strings.add(String.valueOf(element));
    }
    return strings;
  }

  private static Question question(String question, List<String> choices, List<String> letters, String answer) {
    if (choices.size() != letters.size() || !letters.contains(answer)) {
      throw new IllegalArgumentException("the answer \"" + answer + "\" must be one of the letters " + letters + ", one for each of " + choices);
    }
    Conversation conversation = new Conversation(
        List.of(Message.of(Role.USER, render(question, choices, letters)), Message.of(Role.ASSISTANT, answer)));
    return new Question(conversation, List.copyOf(letters), answer);
  }

  /// What a model is asked.
  static String render(String question, List<String> choices, List<String> letters) {
    StringBuilder text = new StringBuilder("Multiple Choice question: ").append(question).append('\n');
    for (int i = 0; i < choices.size(); i++) {
      text.append("- ").append(choices.get(i)).append('=').append(letters.get(i)).append('\n');
    }
    return text.append("\nRespond only with the letter of the correct answer.").toString();
  }

  @Override
  public int size() {
    return questions.size();
  }

  @Override
  public Conversation conversation(int index) {
    return questions.get(index).conversation;
  }

  /// What may be answered.
  public List<String> letters(int index) {
    return questions.get(index).letters;
  }

  @Override
  public boolean isCorrect(int index, String answer) {
    return answer.equals(questions.get(index).answer);
  }
}
