package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Runs every command of README.md, CONTRIBUTING.md and docs: in one folder, in their order, as they stand but for options at their end that make a
/// training small. Those of nanochat, which need none of the others, run beside them. What is for a GPU has to say, in one sentence, that there is none where there is none.
class DocumentedCommandsTest {
  private static final Path ROOT = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
  private static final Pattern COMMAND = Pattern.compile("(?:[A-Z_]+=\\S+ )*(?:\\./|bin/|mvn |jfr )\\S.*");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\||>)|([^\\s\"'|>]+)");
  private static final String SMALL = " --n-layer 1 --n-head 2 --n-embd 32 --block-size 16 --batch-size 2";

  @TempDir static Path folder;

  /// @param where the file that has it
  record Documented(String where, Map<String, String> environment, List<String> words) {
    String program() {
      return words.getFirst();
    }

    /// Whether it makes a nanochat, serves or exports one.
    boolean isOfNanochat() {
      return words.contains("serve") || words.stream().anyMatch(word -> word.contains("nanochat"));
    }

    @Override
    public String toString() {
      return where + ": " + String.join(" ", words);
    }
  }

  private static SequencedSet<Documented> commands() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      Stream.concat(Stream.of(ROOT.resolve("CONTRIBUTING.md")), files.sorted()).filter(file -> file.toString().endsWith(".md") && Files.exists(file)).forEach(pages::add);
    }
    SequencedSet<Documented> commands = new LinkedHashSet<>();
    for (Path page : pages) {
      boolean fenced = false;
      boolean shell = false;
      for (String line : Files.readAllLines(page)) {
        if (line.startsWith("```")) {
          fenced = !fenced;
          shell = fenced && line.matches("```(sh|bash|console)?");
        } else if (shell && COMMAND.matcher(line).matches()) {
          commands.add(parse(page.getFileName().toString(), line));
        }
      }
    }
    return commands;
  }

  /// Up to a comment, or to what its output is given to.
  static Documented parse(String where, String line) {
    Map<String, String> environment = new LinkedHashMap<>();
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line.replaceFirst("\\s+#.*", ""));
    while (word.find() && word.group(3) == null) {
      String text = Stream.of(1, 2, 4).map(word::group).filter(Objects::nonNull).findFirst().orElseThrow();
      if (words.isEmpty() && text.contains("=")) {
        environment.put(text.substring(0, text.indexOf('=')), text.substring(text.indexOf('=') + 1));
      } else {
        words.add(text);
      }
    }
    return new Documented(where, environment, words);
  }

  /// What makes a command small; an option that comes twice counts as given the last time.
  private static String small(List<String> words) {
    return switch (words.get(1)) {
      case "train" -> SMALL + " --eval-iters 1 --max-iters " + (words.contains("resume") ? 3 : 2);
      case "sample" -> " --max-new-tokens 5";
      case "graph" -> SMALL;
      case "nanochat" -> switch (words.get(2)) {
        case "tok-train" -> " --vocab-size 280";
        case "base-train" -> " --depth 1 --max-seq-len 32 --total-batch-size 32 --num-iterations 2 --eval-tokens 32";
        case "base-eval" -> " --split-tokens 32 --max-per-task 4";
        case "eval" -> " -x 4 -m 4";
        case "chat" -> " -m 4";
        case "rl" -> " --num-iterations 1 --num-samples 2 --device-batch-size 2 --examples-per-step 1 --max-new-tokens 4 --eval-examples 2";
        case "speedrun" -> " --out speedrun --depth 1 --base-iterations 1 --sft-iterations 1 --rl-iterations 1 --max-problems 4";
        case "sft" -> " --num-iterations 1 --eval-tokens 32";
        default -> "";
      };
      case "bench" -> words.contains("serve") ? " --requests 4 --max-prompt 20 --max-tokens 20" : words.contains("web") ? " --starts 1 --pairs 1 --only start,recording" : words.contains("kernels") ? " --only gelu" : words.contains("--rung") ? " --no-peers --size 64" : words.contains("cuda") ? " --no-peers" : words.contains("cpu") ? " --no-peers --threads 1" : " --no-peers --threads 1 --seconds 0.001";
      default -> "";
    };
  }

  @TestFactory
  Stream<DynamicTest> everyCommandRuns() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("my.txt"), ("Once upon a time " + Teenygrad.TEXT + "\n\n").repeat(10));
    Files.writeString(folder.resolve("Program.java"), "void main() { IO.println(org.teenygrad.Tensor.of(1f, 2f).sum().item()); }");
    Path archived = Files.createTempDirectory(folder, "classes");
    ClassArchive classes = ClassArchive.in(archived, ("train nanogpt" + SMALL + " --eval-iters 1 --max-iters 2 --out " + archived.resolve("trained")).split(" "));
    Set<Object> seen = new HashSet<>();
    List<Documented> commands = commands().stream().filter(command -> seen.add(List.of(command.environment(), command.words()))).toList();
    Map<Boolean, ExecutorService> threads = Map.of(true, Executors.newSingleThreadExecutor(), false, Executors.newSingleThreadExecutor());
    List<DynamicTest> tests = new ArrayList<>();
    for (Documented command : commands) {
      Future<?> run = Objects.requireNonNull(threads.get(command.isOfNanochat())).submit(() -> {
        check(command, classes);
        return true;
      });
      tests.add(DynamicTest.dynamicTest(command.toString(), () -> {
        try {
          run.get();
        } catch (ExecutionException e) {
          throw e.getCause();
        }
      }));
    }
    threads.values().forEach(ExecutorService::shutdown);
    return tests.stream();
  }

  private static void check(Documented command, ClassArchive classes) throws IOException, InterruptedException {
    switch (command.program()) {
      case "./teenygrad" -> {
        if (command.words().get(1).equals("serve")) {
          serve(command, classes, "/health", "{\"status\":\"ok\"}");
        } else if (command.words().get(1).equals("web")) {
          serve(command, classes, "", "<!doctype html>", "--no-open");
        } else {
          run(command, classes);
        }
      }
      case "jfr" -> runsFine(new ProcessBuilder(Stream.concat(
          Stream.of(Path.of(System.getProperty("java.home"), "bin", "jfr").toString()), command.words().stream().skip(1)).toList()));
      case "./mvnw", "mvn" -> checkMaven(command);
      default -> assertThat(ROOT.resolve(command.program())).isExecutable(); // a script, which other tests run
    }
  }

  private static void run(Documented command, ClassArchive classes) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(command.words().subList(1, command.words().size()));
    Stream.of(small(command.words()).split(" ")).filter(word -> !word.isEmpty()).forEach(arguments::add);
    ProcessBuilder builder = Teenygrad.process(jvmOptions(command, classes), arguments.toArray(String[]::new)).directory(folder.toFile());
    builder.environment().putAll(command.environment());
    Path err = Files.createTempFile(folder, "stderr", ".txt");
    Process process = builder.redirectError(err.toFile()).start();
    process.getOutputStream().close(); // the end of what is typed in the repl
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    List<String> said = Files.readAllLines(err);
    if (status != 0 && command.words().stream().anyMatch(word -> word.contains("cuda"))) {
      assertThat(said).singleElement().asString().startsWith("teenygrad: ").containsAnyOf("NVIDIA driver", "GPU");
    } else {
      assertThat(status).as(out + String.join("\n", said)).isZero();
      assertThat(out).isNotBlank();
    }
  }

  /// Until it is asked to end.
  /// @param path behind the URL that it prints, and what an answer there begins with
  private static void serve(Documented command, ClassArchive classes, String path, String answer, String... more) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(command.words().subList(1, command.words().size()));
    arguments.addAll(List.of("--port", "0"));
    arguments.addAll(List.of(more));
    Process process = Teenygrad.process(jvmOptions(command, classes), arguments.toArray(String[]::new)).directory(folder.toFile()).redirectErrorStream(true).start();
    try (BufferedReader out = process.inputReader()) {
      StringBuilder said = new StringBuilder();
      String ready = out.readLine();
      while (ready != null && !ready.contains("ready after")) {
        said.append(ready).append('\n');
        ready = out.readLine();
      }
      assertThat(ready).as(said.toString()).isNotNull();
      URI there = URI.create(Objects.requireNonNull(ready).replaceFirst(".*: http", "http") + path);
      assertThat(there.toURL().openStream().readAllBytes()).asString(StandardCharsets.UTF_8).startsWith(answer);
      process.toHandle().destroy(); // where Process.destroy() would close what it has said
      assertThat(process.waitFor()).as(out.readAllAsString()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static void runsFine(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.directory(folder.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
  }

  /// Those that the launcher would take from the environment, and what makes a start short.
  private static List<String> jvmOptions(Documented command, ClassArchive classes) {
    Stream<String> given = Stream.of(command.environment().getOrDefault("TEENYGRAD_JAVA_OPTS", "").split(" ")).filter(word -> !word.isEmpty());
    return Stream.concat(classes.options().stream(), given).toList();
  }

  /// The build cannot run in itself; profiles and modules that a command names must exist.
  private static void checkMaven(Documented command) throws IOException {
    List<String> words = command.words();
    StringBuilder poms = new StringBuilder(Files.readString(ROOT.resolve("pom.xml")));
    int modules = words.indexOf("-pl") + 1;
    for (String module : modules == 0 ? new String[0] : words.get(modules).split(",")) {
      poms.append(Files.readString(ROOT.resolve(module).resolve("pom.xml")));
    }
    assertThat(words.stream().filter(word -> word.startsWith("-P")).map(word -> "<id>" + word.substring(2) + "</id>"))
        .allSatisfy(profile -> assertThat(poms).contains(profile));
  }

  @Test
  void theCommandsOfTheReadmeAreFound() throws IOException {
    assertThat(commands()).filteredOn(command -> command.where().equals("README.md")).hasSizeGreaterThan(12)
        .contains(
            new Documented("README.md", Map.of(), List.of("./teenygrad", "graph", "nanogpt", "--dot")),
            new Documented("README.md", Map.of("TEENYGRAD_DEBUG", "2"), List.of("./teenygrad", "sample")))
        .anyMatch(command -> command.words().contains("resume"));
  }

  @Test
  void aLineIsReadAsAShellReadsIt() {
    assertThat(parse("x", "A=1 ./teenygrad sample --prompt \"Once upon\" 'a' | less   # it is")).isEqualTo(
        new Documented("x", Map.of("A", "1"), List.of("./teenygrad", "sample", "--prompt", "Once upon", "a")));
  }
}
