package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.Onnx;
import org.teenygrad.models.nanogpt.Preset;
import org.teenygrad.models.nanogpt.RunFolder;
import org.teenygrad.models.nanogpt.TrainSettings;
import org.teenygrad.nn.Mode;
import picocli.CommandLine;

class CommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "train", "train nanogpt", "sample", "devices", "repl", "run", "graph", "graph nanogpt", "nanochat", "nanochat tok-train", "nanochat tok-eval", "completion", "bench", "bench cuda"})
  void everyCommandHasHelp(String command) {
    Teenygrad.Result result = Teenygrad.run((command + " --help").strip().split(" "));
    assertThat(result.status()).isZero();
    assertThat(result.out()).startsWith("Usage: " + ("teenygrad " + command).strip());
    assertThat(result.err()).isEmpty();
  }

  @Test
  void trainsSavesAndSpeaks() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Path out = folder.resolve("deep").resolve("out");
    Teenygrad.Result result = Teenygrad.run(Teenygrad.train(text, out));
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("device: interpreter", "iteration 4/4, loss ", "iteration 4: train loss ", "says:");
    for (String file : List.of("model.safetensors", "checkpoint.safetensors", "config.json", "log.csv", "loss.svg")) {
      assertThat(out.resolve(file)).isNotEmptyFile();
    }
    String[] sample = {"sample", "--from", out.toString(), "--prompt", "the cat", "--max-new-tokens", "12", "--num-samples", "2"};
    Teenygrad.Result first = Teenygrad.run(sample);
    assertThat(first.out().lines()).hasSize(3).first().asString().startsWith("the cat").hasSize(7 + 12);
    assertThat(Teenygrad.run(sample).out()).isEqualTo(first.out());
  }

  @Test
  void aTrainedModelIsWrittenForOnnx() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Path out = folder.resolve("out");
    assertThat(Teenygrad.run(Teenygrad.train(text, out, "--block-size", "32")).status()).isZero();
    Path file = folder.resolve("model.onnx");
    Teenygrad.Result result = Teenygrad.run("onnx", "export", "--from", out.toString(), "--to", file.toString());
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("from ids int64(batch, time) to logits float(batch, time, ");
    Tensor ids = Tensor.of(new long[] {1, 2, 3, 4, 5, 0, 1, 2}, 2, 4);
    Tensor expected = Mode.EVALUATION.call(() -> new RunFolder(out).model().model().forward(ids));
    assertThat(Onnx.load(file).call(ids).data()).containsExactly(expected.data(), Offset.offset(1e-4f));
  }

  @Test
  void aTrainedModelIsWrittenForOthersAndReadAgain() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Path out = folder.resolve("out");
    assertThat(Teenygrad.run(Teenygrad.train(text, out)).status()).isZero();
    Path directory = folder.resolve("hf");
    Path file = folder.resolve("model.gguf");
    assertThat(Teenygrad.run("export", "--from", out.toString(), "--to", "hf", "--out", directory.toString()).out()).endsWith("hf: weights in float32\n");
    assertThat(Teenygrad.run("export", "--from", out.toString(), "--to", "gguf", "--type", "f32", "--out", file.toString()).out()).contains("model.gguf: matrices in F32, ");
    String said = Teenygrad.run("sample", "--from", out.toString(), "--prompt", "the", "--max-new-tokens", "4", "--temperature", "0").out();
    for (Path path : List.of(directory, file)) {
      assertThat(Teenygrad.run("sample", "--from", path.toString(), "--prompt", "the", "--max-new-tokens", "4", "--temperature", "0").out()).isEqualTo(said);
    }
    assertThat(Teenygrad.run("export", "--from", out.toString(), "--to", "hf", "--type", "q8_0", "--out", directory.toString()).errLines().getFirst())
        .contains("--type Q8_0 is for gguf; hf takes F32, F16 and BF16");
  }

  @Test
  void aChapterWithoutAModelWritesNone() {
    Teenygrad.Result result = Teenygrad.run("book", "xor", "--device", "interpreter", "--steps", "1", "--out", folder.toString(), "--onnx", folder.resolve("x.onnx").toString());
    assertThat(result.err()).contains("--onnx: xor keeps no model; lenet and bert do");
  }

  @Test
  void jsonIsTheOnlyLineOnStdout() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Teenygrad.Result result = Teenygrad.run(Teenygrad.train(text, folder.resolve("out"), "--json"));
    assertThat(result.out().lines()).singleElement().asString().contains(
        "\"finalTrainLoss\": ", "\"finalValLoss\": ", "\"bestValLoss\": ", "\"iterations\": 4", "\"seconds\": ", "\"msPerStep\": ",
        "\"tokensPerSecond\": ", "\"kernelsPerStep\": ", "\"device\": \"interpreter\"", "\"parameters\": ");
    assertThat(result.err()).contains("iteration 4: train loss ");
  }

  @Test
  void aTraceOfATrainingIsWritten() throws IOException, InterruptedException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Path trace = folder.resolve("run.json");
    Process process = Teenygrad.process(List.of(), Teenygrad.train(text, folder.resolve("out"), "--trace", trace.toString())).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    List<String> lines = Files.readAllLines(trace);
    assertThat(lines.getLast()).isEqualTo("]");
    assertThat(lines).filteredOn(line -> line.contains("\"cat\":\"kernel\"")).hasSizeGreaterThan(8);
    assertThat(lines).anyMatch(line -> line.contains("\"name\":\"make schedule\"")).anyMatch(line -> line.contains("\"name\":\"find schedule\""));
  }

  @Test
  void aTrainingIsShownInABrowserWhileItRuns() throws IOException, InterruptedException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Process process = Teenygrad.process(List.of(), Teenygrad.train(text, folder.resolve("out"), "--web")).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(output).containsPattern("teenygrad: http://localhost:\\d+/run\\?token=\\S+ shows what this program computes").contains("iteration 4/4");
  }

  @Test
  void aTraceThatNobodyCouldWriteIsRefused() {
    Path trace = folder.resolve("none").resolve("run.json");
    assertThat(Teenygrad.run("sample", "--trace", trace.toString()).errLines().getFirst()).contains("--trace " + trace + ": there is no folder " + trace.getParent());
    assertThat(Teenygrad.run("sample", "--trace", folder.toString()).errLines().getFirst()).contains("--trace " + folder + " is a folder; it takes a file");
  }

  @Test
  void evalOnlyWritesNothing() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Teenygrad.Result result = Teenygrad.run(Teenygrad.train(text, folder.resolve("out"), "--eval-only"));
    assertThat(result.out()).contains("iteration 0: train loss ");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aTrainingOfThousandsIsPlanned() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Teenygrad.Result result = Teenygrad.run(Teenygrad.train(text, folder.resolve("out"), "--devices", "fake:4096", "--batch-size", "4096", "--json"));
    assertThat(result.out()).startsWith("{\"ranks\": 4096, ").contains("\"optimizerBytes\": ", "\"reduce-scatter\": {\"count\": 9, \"bytes\": ").hasLineCount(1);
    assertThat(result.err()).contains("rank 0 of 4,096", "reduce-scatter", "iteration ").doesNotContain("each rank computes all");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void devicesSayWhichIsTheDefault() {
    Teenygrad.Result result = Teenygrad.run("devices");
    assertThat(result.out().lines().filter(line -> line.startsWith("* "))).hasSize(1);
    assertThat(result.out()).contains("interpreter", "cpu", "cuda:0");
  }

  @Test
  void devicesAreTried() {
    Teenygrad.Result result = Teenygrad.run("devices", "--check");
    assertThat(result.out()).containsPattern("(?m)^cpu +ok: computes what the interpreter computes");
    assertThat(result.status()).as(result.out()).isZero();
  }

  @Test
  void aDeviceThatComputesSomethingElseIsSaidToDiffer() {
    assertThat(DeviceCheck.difference(Device.of("interpreter"))).isNull();
    assertThat(DeviceCheck.difference(Device.of("null")))
        .contains("of 4,097 bytes that were copied there and back, byte ", "matmul in bfloat16 of (129, 96) and (96, 67): element ", "run 4 of a recorded function");
  }

  @Test
  void graphIsDot() {
    String dot = Teenygrad.run("graph", "nanogpt", "--dot", "--device", "interpreter").out();
    assertThat(dot).startsWith("digraph").contains(" -> ").endsWith("}\n");
    assertThat(dot).as("modules are clusters, parameters have names, groups of operations colours").contains("subgraph \"cluster_wte\"", "[label=\"wte.weight\\n");
    assertThat(Pattern.compile("fillcolor=\"(#\\w+)\"").matcher(dot).results().map(match -> match.group(1)).distinct()).hasSizeGreaterThan(5);
    assertThat(dot).as("views are folded").doesNotContain("RESHAPE", "PERMUTE", "EXPAND");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--kernels"})
  void kernelsAreListedWithTheirWork(String what) throws IOException, InterruptedException {
    Process process = Teenygrad.process(
            List.of(), Stream.of("graph", "nanogpt", what, "--device", "null", "--n-layer", "1", "--batch-size", "2").filter(word -> !word.isEmpty()).toArray(String[]::new))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    List<String> lines = process.inputReader().readAllLines();
    assertThat(process.waitFor()).isZero();
    assertThat(lines).hasSizeGreaterThan(10).first().asString().contains("MFLOP", "fuses");
    assertThat(lines).anyMatch(line -> line.contains("contract 128x384x128"));
  }

  /// Whether this process was started to ignore Ctrl-C, as by nohup in the background of a script: those that it starts do so, too.
  static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    String ignored = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:")).findFirst().orElse("SigIgn: 0");
    long interrupt = 1L << 1;
    return (Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16) & interrupt) != 0;
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  @DisabledIf("ignoresInterrupts")
  void ctrlCSavesAndTheTrainingGoesOn() throws IOException, InterruptedException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Path out = folder.resolve("out");
    Process process = Teenygrad.process(
            List.of(), Teenygrad.train(text, out, "--max-iters", "1000000", "--eval-interval", "1000000"))
        .redirectErrorStream(true)
        .start();
    try (var lines = process.inputReader()) {
      String line = "";
      while (line != null && !line.startsWith("iteration 3/")) {
        line = lines.readLine();
      }
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(lines.lines().toList()).last().asString()
          .startsWith("stopped after iteration ")
          .contains("checkpoint.safetensors", "--init-from resume");
      assertThat(process.waitFor()).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
    Teenygrad.Result resumed = Teenygrad.run(
        "train", "nanogpt", "--out", out.toString(), "--init-from", "resume", "--eval-only", "--device", "interpreter");
    assertThat(resumed.err()).isEmpty();
    assertThat(resumed.out()).doesNotContain("iteration 0:").contains("train loss");
  }

  /// A command that hears that it shall end, and does not.
  static final class Deaf {
    public static void main(String[] arguments) throws InterruptedException {
      Interrupt interrupt = new Interrupt();
      try (Interrupt.Listening _ = interrupt.listen(() -> System.out.println("heard, " + interrupt.status()))) {
        System.out.println("listening");
        new CountDownLatch(1).await();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, INT, 130", "INT, TERM, 143", "TERM, INT, 130"})
  @DisabledOnOs(OS.WINDOWS)
  @DisabledIf("ignoresInterrupts")
  void theSecondSignalEndsTheProcessAtOnce(String first, String second, int status) throws IOException, InterruptedException {
    List<String> command = Teenygrad.java(List.of());
    command.set(command.indexOf(Main.class.getName()), Deaf.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var lines = process.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("listening");
      new ProcessBuilder("kill", "-" + first, Long.toString(process.pid())).start().waitFor();
      assertThat(lines.readLine()).isEqualTo("heard, " + (first.equals("INT") ? 130 : 143));
      new ProcessBuilder("kill", "-" + second, Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor()).isEqualTo(status);
    } finally {
      process.destroyForcibly();
    }
  }

  private Teenygrad.Result runs(String program, String... arguments) throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("Program.java"), program);
    List<String> command = new ArrayList<>(List.of("run", "--device", "interpreter", source.toString()));
    command.addAll(List.of(arguments));
    Process process = Teenygrad.process(List.of("-ea"), command.toArray(String[]::new)).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Teenygrad.Result(process.waitFor(), out, err);
  }

  @Test
  void runCompilesAndRunsASource() throws IOException, InterruptedException {
    Teenygrad.Result result = runs("""
        import org.teenygrad.Tensor;

        void main(String[] arguments) {
          var x = Tensor.of(3f).requiresGrad();
          x.square().backward();
          IO.println(x.grad().item() + " on " + x.device() + " " + String.join("|", arguments));
          System.exit(7);
        }
        """, "--device", "two words");
    assertThat(result).isEqualTo(new Teenygrad.Result(7, "6.0 on interpreter --device|two words" + System.lineSeparator(), ""));
  }

  @Test
  void runSaysWhatDoesNotCompile() throws IOException, InterruptedException {
    Teenygrad.Result result = runs("void main() { int x = missing; }");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.errLines()).first().asString().contains("Program.java:1: error: cannot find symbol");
    assertThat(result.err()).doesNotContain("\tat ");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
    Path script = Files.writeString(folder.resolve("completion"), Teenygrad.run("completion").out());
    assertThat(completed(script, "teenygrad", "tr")).contains("train").doesNotContain("sample");
    assertThat(completed(script, "teenygrad", "train", "nanogpt", "--learn")).contains("--learning-rate");
    assertThat(completed(script, "teenygrad", "bench", "cuda", "--on")).contains("--only");
  }

  private static List<String> completed(Path script, String... words) throws IOException, InterruptedException {
    String lines = "source '" + script + "'; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD=" + (words.length - 1)
        + "; _complete_teenygrad; printf '%s\\n' \"${COMPREPLY[@]}\"";
    Process process = new ProcessBuilder("bash", "-c", lines).redirectErrorStream(true).start();
    List<String> output = process.inputReader().readAllLines();
    assertThat(process.waitFor()).as(String.join("\n", output)).isZero();
    return output.stream().map(String::strip).toList();
  }

  @Test
  void theTimeThatIsLeftIsSaidOnceItCanBeKnown() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    TrainSettings settings = Preset.SHAKESPEARE_CHAR_CPU.settings().with(Map.of("logInterval", 1, "maxIters", 1000));
    ProgressPrinter printer = new ProgressPrinter(new PrintStream(said, true, StandardCharsets.UTF_8), ProgressPrinter.Run.of(settings, 0));
    printer.iteration(1, 4.5, 90_000);
    printer.iteration(2, 4.4, 900);
    printer.iteration(3, 4.3, 900);
    printer.iteration(4, 4.2, 100);
    assertThat(said.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll("^\\P{Alpha}+", ""))).containsExactly(
        "iteration 1/1000, loss 4.5000", "iteration 2/1000, loss 4.4000", "iteration 3/1000, loss 4.3000",
        "iteration 4/1000, loss 4.2000, 7680 tokens/s, 100.0 ms a step, 1:40 left");
  }

  @Test
  void replHasTensorsAndModulesAndComputesNothingToEchoIt() throws IOException, InterruptedException {
    Process process = Teenygrad.process(List.of(), "repl", "--device", "interpreter").redirectErrorStream(true).start();
    try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
      in.write("""
          var x = Tensor.of(3f).requiresGrad()
          x.square().backward()
          println("slope " + x.grad().item())
          var y = x.exp()
          record Half(Linear linear) implements Module { Tensor forward(Tensor x) { return linear.forward(x).mul(0.5); } }
          Stream.of(new Half(Linear.of(4, 2))).map(Half::namedParameters).map(Map::keySet).toList()
          Path.of("model.safetensors")
          /exit
          """);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).contains("slope 6.0", "y ==> float32 () on interpreter, not computed yet: exp(float32 ())", "[[linear.weight, linear.bias]]", "==> model.safetensors")
        .doesNotContain("Error");
  }

  /// Only the command that is named is made, and it is the same.
  @Test
  void aCommandAloneIsAsAmongAll() {
    Main.commandLine(new Interrupt()).getSubcommands().forEach((name, command) -> {
      Map<String, CommandLine> alone = Main.commandLine(new Interrupt(), name).getSubcommands();
      assertThat(alone).containsOnlyKeys(name);
      assertThat(Objects.requireNonNull(alone.get(name)).getUsageMessage()).isEqualTo(command.getUsageMessage());
    });
  }
}
