package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NanochatCommandTest {
  @TempDir Path folder;

  @Test
  void trainsAndComparesATokenizer() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Path out = folder.resolve("deep").resolve("out");
    Teenygrad.Result trained = Teenygrad.run("nanochat", "tok-train", "--data", text.toString(), "--vocab-size", "280", "--out", out.toString());
    assertThat(trained.err()).isEmpty();
    assertThat(trained.status()).isZero();
    assertThat(trained.out()).contains("1 documents, 612 characters", "280 tokens in ", "tokenizer.json");
    assertThat(out.resolve("tokenizer.tiktoken")).isNotEmptyFile();

    Teenygrad.Result compared = Teenygrad.run("nanochat", "tok-eval", "--data", text.toString(), "--out", out.toString());
    assertThat(compared.err()).isEmpty();
    assertThat(compared.status()).isZero();
    assertThat(compared.out()).contains("vocabularies of 280 (ours), 50,257 (GPT-2) and 100,277 (GPT-4)");
    assertThat(compared.out().lines().map(line -> line.split(" ")[0])).containsSubsequence("news", "korean", "code", "math", "science", "data");
  }

  @Test
  void saysWhatIsMissingOrTooLarge() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    assertThat(Teenygrad.run("nanochat", "tok-train", "--data", text.toString(), "--out", folder.toString()).errLines())
        .singleElement().asString().startsWith("teenygrad: the text gives a vocabulary of ");
    assertThat(Teenygrad.run("nanochat", "tok-eval", "--out", folder.toString()).errLines())
        .singleElement().asString().contains("there is no tokenizer", "tok-train");
    assertThat(Teenygrad.run("nanochat", "tok-train").errLines()).singleElement().asString().contains("--data");
    assertThat(Teenygrad.run("nanochat", "dataset", "-n", "1", "--url", "file:/x", "--out", folder.toString()).errLines())
        .singleElement().asString().contains("file:/x/ must begin with http://");
    assertThat(Teenygrad.run("nanochat").errLines()).singleElement().asString().contains("which stage?");
  }

  /// What a command writes that chooses a device for its whole process.
  private static String out(Stream<String> command) throws IOException, InterruptedException {
    Process process = Teenygrad.process(List.of("-Dteenygrad.llvm=" + System.getProperty("teenygrad.llvm")), command.toArray(String[]::new))
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  /// A number of the line of JSON at a command's end.
  private static double number(String name, String out) {
    Matcher found = Pattern.compile("\"" + name + "\": ([0-9.]+)").matcher(out);
    assertThat(found.find()).as(out).isTrue();
    return Double.parseDouble(found.group(1));
  }

  /// What an H200 would hold is counted, evaluations and what is left behind included.
  @Test
  void aTrainingHoldsWhatIsPlanned() throws IOException, InterruptedException {
    Path text = Files.writeString(folder.resolve("text.txt"), (Teenygrad.TEXT + "\n\n").repeat(20));
    assertThat(Teenygrad.run("nanochat", "tok-train", "--data", text.toString(), "--vocab-size", "270", "--out", folder.toString()).status()).isZero();
    List<String> training = List.of(
        "nanochat", "base-train", "--data", text.toString(), "--out", folder.toString(), "--depth", "2", "--device-batch-size", "32",
        "--total-batch-size", "65536", "--eval-tokens", "65536", "--num-iterations", "2", "--dtype", "bfloat16", "--device", "null-h200", "--json");
    String plan = out(Stream.concat(training.stream(), Stream.of("--plan")));
    assertThat(plan).contains("\"leastSeconds\": null"); // nothing runs there that could be measured
    double planned = number("memoryBytes", plan);
    assertThat(number("peakBytes", out(training.stream())) / planned).isBetween(1.0, 1.05);
  }

  @Test
  void trainsAndEvaluatesABaseModel() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), (Teenygrad.TEXT + "\n\n").repeat(20));
    String out = folder.resolve("model").toString();
    assertThat(Teenygrad.run("nanochat", "base-train", "--data", text.toString(), "--out", out).errLines())
        .singleElement().asString().contains("there is no tokenizer", "tok-train");
    assertThat(Teenygrad.run("nanochat", "tok-train", "--data", text.toString(), "--vocab-size", "270", "--out", folder.toString()).status()).isZero();
    List<String> command = new ArrayList<>(List.of(
        "nanochat", "base-train", "--data", text.toString(), "--out", out, "--tokenizer", folder.resolve("tokenizer.json").toString()));
    List<String> small = List.of(
        "--depth", "1", "--aspect-ratio", "32", "--head-dim", "16", "--max-seq-len", "16", "--device-batch-size", "1", "--total-batch-size", "16",
        "--eval-tokens", "16", "--num-iterations", "3", "--device", "interpreter");
    command.addAll(small);
    Teenygrad.Result planned = Teenygrad.run(Stream.concat(command.stream(), Stream.of("--plan")).toArray(String[]::new));
    assertThat(planned.out()).contains("model: 1 blocks of 32, 2 heads", "iterations 0 to 3, 16 tokens each (1 x 1 x 16), 48 in all", "memory: about ");
    assertThat(Teenygrad.run(Stream.concat(command.stream(), Stream.of("--data", "nowhere.txt")).toArray(String[]::new)).errLines())
        .singleElement().asString().contains("there is no file nowhere.txt");
    command.add("--json");
    Teenygrad.Result trained = Teenygrad.run(command.toArray(String[]::new));
    assertThat(trained.out()).contains("\"finalValBpb\": ", "\"iterations\": 3");
    assertThat(Path.of(out, "samples.jsonl")).content().contains("\"iteration\": 0", "\"iteration\": 3", "\"text\": \"", "\"live_bytes\": ");
    assertThat(Path.of(out, "config.json")).content().contains("\"tokens_per_iteration\": 16", "\"flops_per_token\": ", "\"ranks\": 1");
    List<String> log = Files.readAllLines(Path.of(out, "log.csv"));
    assertThat(log.getFirst()).endsWith(",grad_norm");
    assertThat(log.subList(1, 4)).allSatisfy(row -> assertThat(Double.parseDouble(row.replaceFirst(".*,", ""))).isPositive());
    Teenygrad.Result evaluated = Teenygrad.run(
        "nanochat", "base-eval", "--data", text.toString(), "--out", out, "--device-batch-size", "1", "--split-tokens", "16", "--max-per-task", "2", "--device", "interpreter", "--json");
    assertThat(evaluated.err()).contains("> The opposite of big is", "bits per byte", "CORE of 2 tasks: ");
    assertThat(evaluated.out()).contains("\"samples\": [\"", "\"val_bpb\": ", "\"CORE\": ");
    String[] withoutText = {"nanochat", "base-eval", "--out", out, "--eval", "core", "--max-per-task", "2", "--device", "interpreter"};
    assertThat(Teenygrad.run(withoutText).out()).contains("model of iteration ", "CORE of 2 tasks: ").doesNotContain("bits per byte", "The opposite");
    assertThat(Teenygrad.run("nanochat", "base-eval", "--out", out).errLines()).singleElement().asString().contains("bits per byte need a text");
    assertThat(Teenygrad.run("nanochat", "base-eval", "--out", out, "--eval", "core,bits").errLines()).singleElement().asString().contains("no evaluation 'bits'");

    Path chats = Files.writeString(
        folder.resolve("chats.jsonl"),
        "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}\n".repeat(20));
    Teenygrad.Result tuned = Teenygrad.run(
        "nanochat", "sft", "--data", chats.toString(), "--out", out, "--num-iterations", "2", "--eval-tokens", "16", "--device", "interpreter", "--json");
    assertThat(tuned.err()).contains("training: iterations 0 to 2, 16 tokens each (1 x 1 x 16)");
    assertThat(tuned.out()).contains("\"finalValBpb\": ", "\"iterations\": 2");
    assertThat(Path.of(out, "sft", "samples.jsonl")).content().contains("> What is 3 + 4?");
    assertThat(Teenygrad.run("nanochat", "sft", "--data", text.toString(), "--out", out).errLines())
        .singleElement().asString().contains("text.txt, line 1: ");
    assertThat(Teenygrad.run("nanochat", "sft", "--help").out()).contains("(default: base-train's)");

    Teenygrad.Result asked = Teenygrad.run("nanochat", "eval", "-i", "base", "--out", out, "-x", "3", "-b", "4", "--device", "interpreter", "--json");
    assertThat(asked.err()).contains("facts (0-shot, multiple_choice)", "accuracy", "CORE of 2 tasks: ");
    assertThat(asked.out()).startsWith("{\"facts\": ").contains("\"CORE\": ");
    assertThat(folder.resolve("model").resolve("evaluation.csv")).content().startsWith("task,accuracy,centered\nfacts,");
    Teenygrad.Result reinforced = Teenygrad.run(
        "nanochat", "rl", "--out", out, "--num-iterations", "1", "--num-samples", "2", "--device-batch-size", "2", "--examples-per-step", "1",
        "--max-new-tokens", "2", "--eval-examples", "2", "--device", "interpreter", "--json");
    assertThat(reinforced.err()).contains("training: iterations 0 to 1, 2 answers to each of 1 problems", "iteration 0: mean reward 0.000 of 2 answers");
    assertThat(reinforced.out()).contains("\"pass@1\": 0.0, \"pass@2\": 0.0", "\"iterations\": 1");
    Teenygrad.Result answered = Teenygrad.run(
        "nanochat", "eval", "-i", "rl", "--out", out, "-a", "Choices|Problems", "-x", "2", "-m", "2", "--device", "interpreter");
    assertThat(answered.out()).contains("Choices ", "Problems ", "ChatCORE of 2 tasks: ");
    Path exported = folder.resolve("exported");
    Teenygrad.Result export = Teenygrad.run("export", "-i", "rl", "--from", out, "--to", "hf", "--out", exported.toString(), "--device", "interpreter");
    assertThat(export.out()).contains("the model of stage rl after 1 iterations", "NanoChatForCausalLM is an earlier nanochat, without 7 of these");
    Teenygrad.Result same = Teenygrad.run(
        "nanochat", "eval", "--from", exported.toString(), "--out", out, "-a", "Choices|Problems", "-x", "2", "-m", "2", "--device", "interpreter");
    assertThat(same.out().lines().filter(line -> line.startsWith("ChatCORE")))
        .isEqualTo(answered.out().lines().filter(line -> line.startsWith("ChatCORE")).toList());
    assertThat(exported.resolve("evaluation.csv")).isNotEmptyFile();
    Teenygrad.Result report = Teenygrad.run("nanochat", "report", "--out", out, "--ask", "a", "--device", "interpreter");
    assertThat(report.out()).startsWith("a\n").contains("report.md");
    assertThat(folder.resolve("model").resolve("report.md")).content().contains("| | base | sft | rl |", "accuracy of Choices");
    assertThat(Teenygrad.run("nanochat", "eval", "--out", out, "-a", "Sums").errLines())
        .singleElement().asString().contains("there is no task Sums in ", "Choices");
    assertThat(Teenygrad.run("nanochat", "eval", "--out", out, "--data", folder.toString()).errLines())
        .singleElement().asString().contains("there are no questions in ");
  }
}
