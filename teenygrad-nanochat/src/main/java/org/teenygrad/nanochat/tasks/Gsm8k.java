package org.teenygrad.nanochat.tasks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Kind;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Part;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.data.JsonLines;
import org.teenygrad.nanochat.json.Json;

/// GSM8K (Cobbe et al. 2021): problems of school arithmetic in words. Solutions call the calculator, `<<12/60=0.2>>`, which becomes a tool
/// call and its result; the answer is marked, `#### 10`.
///
/// ```java
/// Gsm8k test = Gsm8k.read(Path.of("test.jsonl"));
/// test.isCorrect(0, "... #### 18");
/// ```
public final class Gsm8k implements GradedTask {
  private static final Pattern CALL = Pattern.compile("<<([^>]+)>>");

  private final List<Problem> problems;

  private record Problem(Conversation conversation, String answer) {}

  private Gsm8k(List<Problem> problems) {
    this.problems = problems;
  }

  /// Reads objects with `question` and `answer`, in nanochat's order.
  /// @throws IllegalArgumentException if a line is not such an object; says which
  /// @throws java.io.UncheckedIOException if the file cannot be read
  public static Gsm8k read(Path file) {
    return new Gsm8k(NumpyRandom.shuffled(JsonLines.read(file, Gsm8k::problem), MultipleChoice.SHUFFLE_SEED));
  }

  private static Problem problem(Map<String, Object> object) {
    String solution = Json.string(object, "answer");
    Message question = Message.of(Role.USER, Json.string(object, "question"));
    return new Problem(new Conversation(List.of(question, new Message(Role.ASSISTANT, parts(solution)))), NumericAnswer.required(solution));
  }

  private static List<Part> parts(String solution) {
    List<Part> parts = new ArrayList<>();
    int end = 0;
    for (Matcher call = CALL.matcher(solution); call.find(); end = call.end()) {
      addText(parts, solution.substring(end, call.start()));
      String inner = call.group(1);
      int equals = inner.lastIndexOf('=');
      parts.add(new Part(Kind.PYTHON, equals < 0 ? inner : inner.substring(0, equals)));
      parts.add(new Part(Kind.PYTHON_OUTPUT, equals < 0 ? "" : inner.substring(equals + 1)));
    }
    addText(parts, solution.substring(end));
    return parts;
  }

  private static void addText(List<Part> parts, String text) {
    if (!text.isEmpty()) {
      parts.add(new Part(Kind.TEXT, text));
    }
  }

  @Override
  public int size() {
    return problems.size();
  }

  @Override
  public Conversation conversation(int index) {
    return problems.get(index).conversation;
  }

  @Override
  public boolean isCorrect(int index, String answer) {
    return NumericAnswer.in(answer).equals(Optional.of(problems.get(index).answer));
  }
}
