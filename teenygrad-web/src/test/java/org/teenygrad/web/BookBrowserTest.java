package org.teenygrad.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.teenygrad.nanochat.json.Json;

/// The book in a browser: `./mvnw -Pbrowser -pl teenygrad-web -am verify`. `src/test/browser` has what is done there; pictures of it are left in
/// `target/browser`. Without node, npm or Chromium it is skipped.
@EnabledIfSystemProperty(named = "browser", matches = "true", disabledReason = "the profile 'browser' runs this: ./mvnw -Pbrowser verify")
class BookBrowserTest {
  private static final Path HARNESS = Path.of("../teenygrad-serve/src/test/browser/main.cjs");
  private static final Path FOLDER = Path.of("target/browser");
  private static final Path LOGS = FOLDER.resolve("logs");

  @TestFactory
  Stream<DynamicTest> theBook() throws IOException, InterruptedException {
    Path trace = FOLDER.resolve("run.json").toAbsolutePath();
    Files.createDirectories(FOLDER);
    try (WebServer server = WebServer.start(WebSettings.DEFAULT.withLogs(LOGS), System.err); Program program = Program.start(Program.Steps.class, Map.of("TEENYGRAD_TRACE", trace.toString()))) {
      String[] url = server.url().split("/\\?token=");
      String[] live = program.url().split("/run\\?token=");
      return cases(Json.members("book", url[0], "token", url[1], "logs", LOGS.toString(), "live", live[0], "liveToken", live[1], "trace", trace.toString()), "book", "pieces", "training", "run", "compiler");
    }
  }

  /// By itself: planning GPT-2 takes both processors for some seconds.
  @TestFactory
  Stream<DynamicTest> largeGraphs() throws IOException, InterruptedException {
    try (Program gpt2 = Program.start(Program.Gpt2.class, Map.of("TEENYGRAD_DEVICE", "null"))) {
      String[] large = gpt2.url().split("/run\\?token=");
      return cases(Json.members("large", large[0], "largeToken", large[1]), "graph");
    }
  }

  /// One test for each line that the scripts write: `{"name": ..., "error": null}`.
  private static Stream<DynamicTest> cases(Map<String, ?> servers, String... scripts) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node", HARNESS.toString(), Json.text(servers), FOLDER.toString()));
    Stream.of(scripts).forEach(script -> command.add("src/test/browser/" + script + ".cjs"));
    List<DynamicTest> tests = new ArrayList<>();
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Map<String, Object> result = Json.object(line);
        tests.add(result.containsKey("skipped")
            ? dynamicTest("skipped", () -> abort(Json.string(result, "skipped")))
            : dynamicTest(Json.string(result, "name"), () -> assertEquals("", Json.string(result, "error"))));
      }
    }
    int status = process.waitFor();
    tests.add(dynamicTest("all were run", () -> assertEquals(0, status)));
    return tests.stream();
  }

  /// What is committed is what `src/main/vendor` says.
  @Test
  void vendoredScriptsAreThoseOfTheLock() throws IOException, InterruptedException {
    Path made = Files.createDirectories(FOLDER.resolve("vendor"));
    Process build = new ProcessBuilder("src/main/vendor/build.sh", made.toAbsolutePath().toString()).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    build.getOutputStream().close();
    if (build.waitFor() != 0) {
      abort("npm cannot install what package-lock.json names");
    }
    for (String name : new String[] {"codemirror.js", "dagre.js", "uplot.js", "uplot.css"}) {
      assertArrayEquals(Files.readAllBytes(made.resolve(name)), Files.readAllBytes(Path.of("src/main/resources/org/teenygrad/web/page/vendor", name)), name);
    }
  }
}
