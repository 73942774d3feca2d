package org.teenygrad.nanochat.tasks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.data.JsonLines;
import org.teenygrad.nanochat.json.Json;

/// HumanEval (Chen et al. 2021): Python functions to complete, judged by running tests in a [PythonProcess].
///
/// ```java
/// HumanEval test = HumanEval.read(Path.of("HumanEval.jsonl.gz"));
/// test.isCorrect(0, "def add(a, b):\n    return a + b");
/// ```
public final class HumanEval implements GradedTask {
  private static final Pattern CODE_BLOCK = Pattern.compile("```(?:python)?\\s*\\n(.*?)\\n```", Pattern.DOTALL);

  private final List<Exercise> exercises;

  private record Exercise(Conversation conversation, String prompt, String entryPoint, String test) {}

  private HumanEval(List<Exercise> exercises) {
    this.exercises = exercises;
  }

  /// Reads objects with `prompt`, `canonical_solution`, `entry_point` and `test`, in nanochat's order.
  /// @throws IllegalArgumentException if a line is not such an object; says which
  /// @throws java.io.UncheckedIOException if the file cannot be read
  public static HumanEval read(Path file) {
    return new HumanEval(NumpyRandom.shuffled(JsonLines.read(file, HumanEval::exercise), MultipleChoice.SHUFFLE_SEED));
  }

  private static Exercise exercise(Map<String, Object> object) {
    String prompt = Json.string(object, "prompt");
    String solution = prompt + "\n" + Json.string(object, "canonical_solution");
    Conversation conversation = new Conversation(List.of(Message.of(Role.USER, prompt), Message.of(Role.ASSISTANT, solution)));
    return new Exercise(conversation, prompt, Json.string(object, "entry_point"), Json.string(object, "test"));
  }

  @Override
  public int size() {
    return exercises.size();
  }

  @Override
  public Conversation conversation(int index) {
    return exercises.get(index).conversation;
  }

  /// Runs the function that an answer has, with the imports of the question, through the exercise's tests.
  /// @throws IllegalStateException if there is no Python
  @Override
  public boolean isCorrect(int index, String answer) {
    Exercise exercise = exercises.get(index);
    String program = String.join("\n\n", imports(exercise.prompt), program(answer), exercise.test, "check(" + exercise.entryPoint + ")");
    return PythonProcess.run(program, PythonProcess.Limits.DEFAULT).isSuccess();
  }

  /// The import statements that a program begins with.
  static String imports(String program) {
    List<String> imports = new ArrayList<>();
    for (String line : program.lines().map(String::strip).toList()) {
      if (line.startsWith("import ") || line.startsWith("from ")) {
        imports.add(line);
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        break;
      }
    }
    return String.join("\n", imports);
  }

  /// The first Markdown code block of an answer, or all of it if there is none.
  static String program(String answer) {
    Matcher block = CODE_BLOCK.matcher(answer);
    return (block.find() ? block.group(1) : answer).strip();
  }
}
