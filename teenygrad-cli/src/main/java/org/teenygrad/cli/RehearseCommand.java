package org.teenygrad.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `teenygrad rehearse`: what the JVM of an image or of `./teenygrad` learns from (JEP 483 and 515), a little of what users do: a training, a file for others, a text from that.
@Command(
    name = "rehearse",
    hidden = true,
    description = "Trains a small model, exports it and samples from it, so that a JVM can keep what it learned.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RehearseCommand implements Callable<Integer> {
  @Option(names = "--out", paramLabel = "PATH", required = true, description = "A folder for the model.")
  private Path out;

  @Override
  public Integer call() {
    String file = out.resolve("model.gguf").toString();
    for (List<String> command : List.of(
        List.of("train", "nanogpt", "--n-layer", "2", "--max-iters", "3", "--eval-iters", "1", "--out", out.toString()),
        List.of("export", "--from", out.toString(), "--to", "gguf", "--type", "Q8_0", "--out", file),
        List.of("sample", "--from", file, "--max-new-tokens", "8"))) {
      int status = Main.commandLine(new Interrupt()).execute(Stream.concat(command.stream(), Stream.of("--device", "cpu")).toArray(String[]::new));
      if (status != 0) {
        return status;
      }
    }
    return 0;
  }
}
