package org.teenygrad.nanochat.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.tasks.PythonProcess.Limits;
import org.teenygrad.nanochat.tasks.PythonProcess.Result;

class PythonProcessTest {
  @BeforeAll
  static void python() {
    assumeTrue(PythonProcess.isAvailable(), "there is no python3");
  }

  private static Result run(String program) {
    return PythonProcess.run(program, Limits.DEFAULT);
  }

  @Test
  void aProgramMustComeToItsEnd() {
    assertThat(run("print('a')\nassert 1 + 1 == 2")).isEqualTo(new Result(true, ""));
    assertThat(run("assert 1 + 1 == 3, 'no'")).isEqualTo(new Result(false, "AssertionError: no"));
    assertThat(run("def f(:").error()).startsWith("SyntaxError");
    assertThat(run("import sys\nsys.exit(0)")).isEqualTo(new Result(false, "it ended before its last line, with code 0"));
    assertThat(run("import os\nos._exit(0)").isSuccess()).isFalse();
    assertThat(run("input()").error()).startsWith("EOFError");
  }

  @Test
  void timeIsLimited() {
    Result result = PythonProcess.run("while True: pass", new Limits(Duration.ofMillis(300), Limits.DEFAULT.memoryBytes()));
    assertThat(result).isEqualTo(new Result(false, "it took longer than 300 ms"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void memoryAndFilesAreLimited() {
    assertThat(run("x = bytearray(300 << 20)").error()).isEqualTo("MemoryError");
    assertThat(run("open('large', 'wb').write(bytes(10 << 20))").error()).startsWith("OSError");
  }

  @Test
  void theEnvironmentIsNotSeen() {
    assertThat(run("import os\nassert 'HOME' not in os.environ and 'JAVA_HOME' not in os.environ, os.environ")).isEqualTo(new Result(true, ""));
  }

  @Test
  void humanEvalRunsTheTests(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("h.jsonl");
    Files.write(file, List.of("{\"prompt\": \"import math\\n\\ndef root(x):\\n\", \"canonical_solution\": \"    return math.sqrt(x)\","
        + " \"entry_point\": \"root\", \"test\": \"def check(f):\\n    assert f(9) == 3\\n\"}"));
    HumanEval task = HumanEval.read(file);
    String solution = task.conversation(0).messages().getLast().parts().getFirst().text();
    assertThat(task.isCorrect(0, solution)).isTrue();
    assertThat(task.isCorrect(0, "```python\ndef root(x):\n    return math.sqrt(x)\n```")).isTrue();
    assertThat(task.isCorrect(0, "def root(x):\n    return x")).isFalse();
  }
}
