package org.teenygrad.serve;

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
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nanochat.json.Json;

/// The page in a browser: `./mvnw -Pbrowser -pl teenygrad-serve -am verify`. `src/test/browser` has what is done there; pictures of it are left in
/// `target/browser`. Without node, npm or Chromium it is skipped.
@EnabledIfSystemProperty(named = "browser", matches = "true", disabledReason = "the profile 'browser' runs this: ./mvnw -Pbrowser verify")
class PageBrowserTest {
  private static final String KEY = "a-key-of-a-browser";
  private static final ServedModel ENDLESS = Unhurried.of(Bigram.ENDLESS);
  private static final ServedModel CONTINUING =
      new ServedModel("text", Bigram.ENDLESS.model(), TinyServer.BYTES, Bigram.ENDLESS.beginning(), Bigram.ENDLESS.ends(), null, Sampling.GREEDY);

  private static final Path SCRIPTS = Path.of("src/test/browser");
  private static final Path FOLDER = Path.of("target/browser");

  @TestFactory
  Stream<DynamicTest> thePage() throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    Path keys = Files.writeString(FOLDER.resolve("keys"), KEY + " tester\n");
    try (TinyServer random = new TinyServer();
        TinyServer calculating = new TinyServer(Bigram.CALCULATING, TinyServer.SETTINGS);
        TinyServer endless = new TinyServer(ENDLESS, TinyServer.SETTINGS);
        TinyServer text = new TinyServer(CONTINUING, TinyServer.SETTINGS);
        TinyServer two = new TinyServer(List.of(TinyServer.MODEL, ENDLESS), TinyServer.SETTINGS);
        TinyServer keyed = new TinyServer(Bigram.EURO, TinyServer.SETTINGS.with(Map.of("apiKeyFile", keys.toString())))) {
      String servers = Json.text(Json.members(
          "random", url(random), "calculating", url(calculating), "endless", url(endless), "text", url(text), "two", url(two), "keyed", url(keyed), "key", KEY));
      return results(servers);
    }
  }

  private static String url(TinyServer server) {
    return "http://localhost:" + server.server.address().getPort();
  }

  /// One test for each line that the scripts write: `{"name": ..., "error": null}`.
  private static Stream<DynamicTest> results(String servers) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node", SCRIPTS.resolve("main.cjs").toString(), servers, FOLDER.toString()));
    Stream.of("chat.cjs", "looks.cjs", "server.cjs").map(name -> SCRIPTS.resolve(name).toString()).forEach(command::add);
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<DynamicTest> tests = new ArrayList<>();
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
}
