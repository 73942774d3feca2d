package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a user can get wrong gives one sentence on stderr and an exit status that is not 0.
class BadInputTest {
  @TempDir static Path folder;

  private static Path text;
  private static Path trained;

  private record Case(String name, int status, String sentence, String... arguments) {}

  @BeforeAll
  static void prepare() throws IOException {
    text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    trained = folder.resolve("trained");
    assertThat(Teenygrad.run(Teenygrad.train(text, trained, "--max-iters", "1")).status()).isZero();
    Files.writeString(folder.resolve("empty.txt"), "");
    Files.writeString(folder.resolve("tiny.txt"), "abcde");
    Files.write(folder.resolve("latin1.txt"), new byte[] {'a', (byte) 0xE4, 'b'});
    copyTruncated("truncated", 100);
    copyTruncated("header", Files.size(trained.resolve("model.safetensors")) - 20);
    Path foreign = Files.createDirectories(folder.resolve("foreign"));
    Files.write(foreign.resolve("model.safetensors"), new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
  }

  private static void copyTruncated(String name, long missing) throws IOException {
    Path copy = Files.createDirectories(folder.resolve(name));
    for (String file : List.of("model.safetensors", "checkpoint.safetensors")) {
      byte[] whole = Files.readAllBytes(trained.resolve(file));
      Files.write(copy.resolve(file), Arrays.copyOf(whole, (int) (whole.length - Math.min(missing, whole.length))));
    }
  }

  private static String[] train(String... more) {
    return Teenygrad.train(text, folder.resolve("out"), more);
  }

  private static String[] trainOn(String file) {
    return Teenygrad.train(folder.resolve(file), folder.resolve("out"));
  }

  private static String[] resume(Path out, String... more) {
    List<String> arguments = new ArrayList<>(
        List.of("train", "nanogpt", "--device", "interpreter", "--init-from", "resume", "--out", out.toString()));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static String[] sample(String from, String... more) {
    List<String> arguments = new ArrayList<>(
        List.of("sample", "--device", "interpreter", "--from", folder.resolve(from).toString()));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static Stream<Case> cases() {
    return Stream.of(
        new Case("an empty text", 1, "empty.txt is not a text in UTF-8: it is empty", trainOn("empty.txt")),
        new Case("a text shorter than a block", 1, "but a block of 8 and the token after it need 9", trainOn("tiny.txt")),
        new Case("a text that is not UTF-8", 1, "latin1.txt is not a text in UTF-8: its byte 1 (0xE4)", trainOn("latin1.txt")),
        new Case("a missing text", 1, "missing.txt: no such file or directory", trainOn("missing.txt")),
        new Case("a folder as text", 1, "cannot read", Teenygrad.train(folder, folder.resolve("out"))),
        new Case("heads that do not divide", 1, "n_embd (10) must be a multiple of n_head (4)", train("--n-embd", "10", "--n-head", "4")),
        new Case("a learning rate that is no number", 1, "learning_rate must be a finite number of 0 or more, not NaN", train("--learning-rate", "NaN")),
        new Case("a negative count", 1, "batch_size must be at least 1, not -3", train("--batch-size", "-3")),
        new Case("a batch of more than fits in one", 1, "batch_size 2147483647 x block_size 8 is 17,179,869,176 tokens, and a batch has room for 2,147,483,647", train("--batch-size", "2147483647")),
        new Case("a model deeper than any", 1, "n_layer must be at most 10000, not 2147483647", train("--n-layer", "2147483647")),
        new Case("vectors of which matrices are too large", 1, "n_embd (2147483646) makes matrices of more than 2^31 numbers", train("--n-embd", "2147483646")),
        new Case("a number that no computer has room for", 2, "'99999999999' is no value of n_layer, which is an integer", train("--n-layer", "99999999999")),
        new Case("as many threads as an int holds", 2, "--threads 2147483647 is not a number of threads from 1 to 1024", train("--threads", "2147483647")),
        new Case("a word for a number of threads", 2, "--threads x is not a number of threads from 1 to 1024", train("--threads", "x")),
        new Case("a program that does not exist", 1, "Nowhere.java is no file to run", "run", "Nowhere.java"),
        new Case("a word for a number", 2, "'many' is no value of n_layer, which is an integer", train("--n-layer", "many")),
        new Case("an unknown option", 2, "Unknown option: '--layers=3'", "train", "nanogpt", "--layers=3"),
        new Case("an unknown preset", 2, "there is no preset 'huge', but shakespeare-char-cpu", train("--preset", "huge")),
        new Case("an unknown way to begin", 2, "--init-from", train("--init-from", "gpt2")),
        new Case("an unknown type", 2, "'int5' is no value of dtype", train("--dtype", "int5")),
        new Case("a type that does not float", 2, "'int32' is no value of dtype, which is float32, tf32", train("--dtype", "int32")),
        new Case("no device", 1, "--devices 0; there is at least one", train("--devices", "0")),
        new Case("no fake device", 1, "--devices fake:0; there is at least one", train("--devices", "fake:0")),
        new Case("a word for a number of devices", 1, "--devices fake:all is neither a number nor fake: and a number, such as fake:8192", train("--devices", "fake:all")),
        new Case("no model to train", 2, "teenygrad train nanogpt", "train"),
        new Case("an unknown command", 2, "Unmatched argument at index 0: 'fly'", "fly"),
        new Case("an unknown device", 1, "no device 'abacus'", "sample", "--device", "abacus"),
        new Case("no thread", 2, "--threads 0 is not a number of threads from 1 to 1024", train("--threads", "0")),
        new Case("an output folder below a file", 1, "cannot write", Teenygrad.train(text, text.resolve("below"))),
        new Case("a resume without checkpoint", 1, "does not have a file checkpoint.safetensors", resume(folder.resolve("nowhere"))),
        new Case("a resume with another shape", 1, "has n_embd 8, not 16: resume without --n-embd", resume(trained, "--n-embd", "16")),
        new Case("a resume with another text", 1, "does not fit the checkpoint: the character 'X' (U+0058)", resume(trained, "--data", otherText())),
        new Case("a truncated checkpoint", 1, "checkpoint.safetensors is not a safetensors file", resume(folder.resolve("truncated"))),
        new Case("sampling without checkpoint", 1, "does not have a file model.safetensors", sample("nowhere")),
        new Case("a truncated model", 1, "model.safetensors is not a safetensors file", sample("truncated")),
        new Case("a model of twenty bytes", 1, "model.safetensors is not a safetensors file", sample("header")),
        new Case("another program's file", 1, "model.safetensors is not a checkpoint of nanoGPT", sample("foreign")),
        new Case("a prompt with an unknown character", 1, "the prompt cannot be read: the character 'ß' (U+00DF)", sample("trained", "--prompt", "the ß")),
        new Case("a temperature below 0", 1, "temperature must be", sample("trained", "--temperature", "-1")),
        new Case("a top-p of 0", 1, "top-p must be above 0", sample("trained", "--top-p", "0")),
        new Case("fewer than no tokens", 2, "--max-new-tokens must be at least 0", sample("trained", "--max-new-tokens", "-1")),
        new Case("two pictures at once", 2, "mutually exclusive", "graph", "nanogpt", "--dot", "--kernels"));
  }

  private static String otherText() {
    try {
      return Files.writeString(folder.resolve("other.txt"), "X".repeat(500)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> givesOneSentence() {
    return cases().map(c -> DynamicTest.dynamicTest(c.name(), () -> {
      Teenygrad.Result result = Teenygrad.run(c.arguments());
      assertThat(result.errLines()).singleElement().asString().startsWith("teenygrad: ").contains(c.sentence());
      assertThat(result.status()).isEqualTo(c.status());
    }));
  }

  @Test
  void debugShowsWhere() {
    Teenygrad.Result result = Teenygrad.run("train", "nanogpt", "--debug", "--learning-rate", "NaN");
    assertThat(result.err()).contains("\tat org.teenygrad.models.nanogpt.TrainSettings");
  }

  @Test
  void anExistingCheckpointSurvivesMistakes() throws IOException {
    byte[] before = Files.readAllBytes(trained.resolve("checkpoint.safetensors"));
    Teenygrad.run(resume(trained, "--n-embd", "16"));
    Teenygrad.run(Teenygrad.train(folder.resolve("empty.txt"), trained));
    assertThat(trained.resolve("checkpoint.safetensors")).hasBinaryContent(before);
  }

  @Test
  void littleMemoryIsSaidWithTheSizes() throws IOException, InterruptedException {
    Process process = Teenygrad.process(
            List.of("-Dteenygrad.memory=300k"),
            Teenygrad.train(text, folder.resolve("memory"), "--n-embd", "64"))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    List<String> err = process.errorReader().readAllLines();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(err).singleElement().asString().startsWith("teenygrad: ").contains("KiB");
  }

  @ParameterizedTest
  @CsvSource({"TEENYGRAD_THREADS,x", "TEENYGRAD_THREADS,2147483647", "TEENYGRAD_MEMORY,x", "TEENYGRAD_DEBUG,loud", "TEENYGRAD_EAGER,maybe", "TEENYGRAD_CHECK,all"})
  void anEnvironmentThatMakesNoSenseIsSaidBeforeAnythingBegins(String variable, String value) throws IOException, InterruptedException {
    ProcessBuilder builder = Teenygrad.process(List.of(), train());
    builder.environment().put(variable, value);
    Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    List<String> err = process.errorReader().readAllLines();
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(err).singleElement().asString().startsWith("teenygrad: " + variable + "=" + value + " is not ").endsWith("; see teenygrad --help");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void outputThatCannotBeWrittenIsAnError() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" >/dev/full", "sh"));
    command.addAll(Teenygrad.java(List.of(), Teenygrad.train(text, folder.resolve("full-output"), "--json")));
    Process process = new ProcessBuilder(command).start();
    List<String> err = process.errorReader().readAllLines();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(err).last().isEqualTo("teenygrad: not all output could be written: standard output is full or closed");
  }

  /// A limit on the size of files fails a write as a full disk does.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskKeepsTheOldCheckpoint() throws IOException, InterruptedException {
    Path out = folder.resolve("full");
    assertThat(Teenygrad.run(Teenygrad.train(text, out, "--max-iters", "1")).status()).isZero();
    byte[] before = Files.readAllBytes(out.resolve("checkpoint.safetensors"));
    List<String> command = new ArrayList<>(List.of("bash", "-c", "ulimit -f 8; exec \"$@\"", "bash"));
    command.addAll(Teenygrad.java(List.of(), resume(out, "--max-iters", "3", "--eval-interval", "1")));
    Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    List<String> err = process.errorReader().readAllLines();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(err).singleElement().asString().contains("cannot write").contains("what was there before is unchanged");
    assertThat(out.resolve("checkpoint.safetensors")).hasBinaryContent(before);
  }
}
