package org.teenygrad.web.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Cells in a process, and hostile ones, the last of which ends it.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CellProcessTest {
  private static final CellLimits LIMITS = new CellLimits(CellLimits.javaHomes().findFirst().orElseThrow(), Duration.ofSeconds(10), 256, 128);
  private static CellProcess process;

  @TempDir static Path secrets;

  @BeforeAll
  static void start() {
    process = CellProcess.start(LIMITS);
  }

  @AfterAll
  static void end() {
    process.close();
  }

  private static List<Map<String, Object>> run(CellProcess target, String code) throws IOException {
    List<Map<String, Object>> answers = new ArrayList<>();
    target.run(code, answer -> answers.add(Map.copyOf(withoutNulls(answer))));
    assertThat(answers.getLast()).containsEntry("kind", "done");
    return answers.subList(0, answers.size() - 1);
  }

  private static Map<String, Object> withoutNulls(Map<String, ?> answer) {
    Map<String, Object> rest = new java.util.HashMap<>(answer);
    rest.values().removeIf(value -> value == null);
    return rest;
  }

  private static String text(String code) throws IOException {
    List<Map<String, Object>> answers = run(process, code);
    assertThat(answers).as(code).hasSize(1);
    return String.valueOf(answers.getFirst().getOrDefault("message", answers.getFirst().get("text")));
  }

  @Test
  void valuesAreShownAndKept() throws IOException {
    assertThat(text("int kept = 40;\nkept + 2")).isEqualTo("42");
    assertThat(text("kept")).isEqualTo("40");
    assertThat(text("println(kept);")).isEqualTo("40\n");
    Map<String, Object> matrix = run(process, "Tensor.arange(6).reshape(2, 3)").getFirst();
    assertThat(matrix).containsEntry("tensor", true).containsEntry("text", "[[0 1 2]\n [3 4 5]]");
    assertThat(String.valueOf(matrix.get("picture"))).startsWith("<svg");
    assertThat(String.valueOf(process.graph().get("dot"))).startsWith("digraph teenygrad").contains("ARANGE");
    assertThat(run(process, "Plot.of(\"t\").line(\"\", new double[] {1, 2})").getFirst()).containsEntry("text", "").containsKey("picture");
  }

  @Test
  void whatACellComputesHasATimeline() throws IOException {
    List<Map<String, Object>> answers = new ArrayList<>();
    process.run("Tensor.ones(7, 5).matmul(Tensor.ones(5, 9))", answer -> answers.add(Map.copyOf(withoutNulls(answer))));
    assertThat(answers.getLast()).containsEntry("computed", true);
    List<?> events = (List<?>) process.trace().get("events");
    assertThat(events).anySatisfy(event -> assertThat(String.valueOf(event)).contains("\"cat\":\"kernel\"", "\"flops\":"));
    process.run("int none = 1;", answer -> answers.add(Map.copyOf(withoutNulls(answer))));
    assertThat(answers.getLast()).containsEntry("computed", false);
    assertThat(process.trace()).containsEntry("events", List.of());
  }

  @Test
  void boxesOfAGraphHaveTheLineThatMadeThemAValueAndAGradient() throws IOException {
    run(process, "Tensor leaf = Tensor.of(1f, 2f).requiresGrad();\nTensor result = leaf\n    .square()\n    .sum();\nresult");
    assertThat(String.valueOf(process.graph().get("dot"))).contains("n1 [");
    Map<String, Object> box = process.box(0);
    assertThat(String.valueOf(box.get("value"))).contains("text=[1. 2.]");
    assertThat(String.valueOf(box.get("gradient"))).contains("text=[2. 4.]");
    assertThat(process.box(1)).containsEntry("line", "3: .square()");
    assertThat(process.box(99)).extractingByKey("message").asString().startsWith("there is no box 99");
  }

  @Test
  void modulesOfCellsAreFramesOfTheGraph() throws IOException {
    run(process, "Linear first = Linear.of(3, 2);\nTensor given = Tensor.ones(1, 3);\nfirst.forward(given).sum()");
    assertThat(String.valueOf(process.graph().get("dot"))).contains("cluster_first").contains("label=\"first.weight");
  }

  @Test
  void aPieceAnswersWhatIsTyped() throws IOException {
    Map<String, Object> value = run(process, "TextInput.of(\"ab\", text -> List.of(Plot.of(\"n = \" + 6 / text.length())))").getFirst();
    int number = Integer.parseInt(String.valueOf(value.get("piece")).replaceFirst("(?s).*number=(\\d+).*", "$1"));
    assertThat(process.say(number, "abc")).extractingByKey("pictures").asString().contains("n = 2");
    assertThat(process.say(number, "")).containsEntry("message", "ArithmeticException: / by zero");
    assertThat(text("1 + 1")).isEqualTo("2");
  }

  @Test
  void errorsStandAtTheirLine() throws IOException {
    assertThat(run(process, "int first = 1;\n\nint second = missing;").getFirst()).containsEntry("kind", "error").containsEntry("line", 3L).containsEntry("from", 29L).containsEntry("to", 36L);
    assertThat(run(process, "int third = 1\nint fourth = 2;").getFirst()).containsEntry("line", 1L);
    assertThat(run(process, "int thrower() {\n  throw new IllegalStateException(\"no\");\n}\nthrower()").getFirst())
        .containsEntry("line", 2L).containsEntry("message", "IllegalStateException: no");
    assertThat(run(process, "Tensor bad = Tensor.ones(2, 3);\nbad.matmul(bad)").getFirst()).containsEntry("line", 2L)
        .extractingByKey("message").asString().startsWith("IllegalArgumentException: matmul: inner dimensions differ");
  }

  @Test
  void namesAreCompleted() throws IOException {
    run(process, "Tensor completed = Tensor.ones(2);");
    Map<String, Object> found = process.complete("int a = 1;\ncompleted.softm", 26);
    assertThat(found).containsEntry("from", 21L);
    assertThat((List<?>) found.get("words")).asString().contains("softmax(");
  }

  @Test
  void filesNetworkAndProcessesAreRefused() throws IOException {
    assumeTrue(FileRules.version() > 0, "this system has no Landlock");
    Path secret = Files.writeString(secrets.resolve("secret.txt"), "the secret");
    assertThat(text("Files.readString(Path.of(\"" + secret + "\"))")).startsWith("AccessDeniedException");
    assertThat(text("Files.list(Path.of(\"" + secrets + "\")).toList()")).startsWith("AccessDeniedException");
    assertThat(text("Files.writeString(Path.of(\"" + secrets + "/new.txt\"), \"x\")")).startsWith("AccessDeniedException");
    assertThat(text("Files.delete(Path.of(\"" + secret + "\"));")).startsWith("AccessDeniedException");
    assertThat(text("Files.setPosixFilePermissions(Path.of(\"" + secret + "\"), Set.of())")).contains("Operation not permitted");
    assertThat(text("Files.readString(Path.of(\"/proc/" + ProcessHandle.current().pid() + "/environ\"))")).contains("Exception");
    assertThat(text("Files.writeString(Path.of(\"own.txt\"), \"mine\");").isEmpty()).isFalse();
    assertThat(text("Files.readString(Path.of(\"own.txt\"))")).isEqualTo("mine");
    assertThat(text("new ProcessBuilder(\"/bin/true\").start()")).contains("Operation not permitted");
    assertThat(text("new ServerSocket(0)")).contains("Operation not permitted");
    assertThat(text("ProcessHandle.of(" + ProcessHandle.current().pid() + ").map(ProcessHandle::destroyForcibly).orElse(false)")).isEqualTo("false");
    assertThat(Files.readString(secret)).isEqualTo("the secret");
  }

  @Test
  void whatTheEnvironmentHasStaysOutside() throws IOException {
    assertThat(text("System.getenv().keySet().stream().filter(name -> !name.startsWith(\"LC_\") && !name.equals(\"LANG\")).toList()")).isEqualTo("[]");
  }

  @Test
  void manyTensorsAreRefusedAndTheProcessLivesOn() throws IOException {
    assertThat(text("Tensor.zeros(1 << 27).add(1).realize()")).startsWith("OutOfMemoryException");
    assertThat(text("1 + 1")).isEqualTo("2");
  }

  @Test
  void aLoopIsStoppedAndNamesStayAndWhoeverExitsIsGone() throws IOException {
    try (CellProcess quick = CellProcess.start(LIMITS.withCellTime(Duration.ofMillis(700)))) {
      run(quick, "int before = 1;");
      assertThat(run(quick, "while (true) {}").getLast()).extractingByKey("message").asString().startsWith("stopped");
      assertThat(run(quick, "before").getFirst()).containsEntry("text", "1");
      assertThatThrownBy(() -> run(quick, "System.exit(5);")).isInstanceOf(CellsEndedException.class).hasMessageContaining("status 5");
      assertThat(quick.isAlive()).isFalse();
    }
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void memoryHasALimit() {
    assertThatThrownBy(() -> run(process, "List<byte[]> all = new ArrayList<>();\nwhile (true) all.add(new byte[1 << 24]);"))
        .isInstanceOf(CellsEndedException.class).hasMessageContaining("256 MB");
  }
}
