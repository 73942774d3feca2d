package org.teenygrad.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.training.Stage;
import picocli.CommandLine.Option;

/// Which model a command writes for others.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SourceOptions {
  @Option(names = "--from", paramLabel = "PATH", defaultValue = "out/nanogpt",
      description = "The --out folder of a training of nanoGPT's or nanochat's (default: ${DEFAULT-VALUE}), a GGUF file, or a folder in Hugging Face's layout.")
  private Path from;

  @Option(
      names = {"-i", "--source"},
      paramLabel = "base|sft|rl",
      description = "The stage of nanochat's model; by default the last that there is.")
  private @Nullable Stage source;

  Path from() {
    return from;
  }

  @Nullable
  Stage stage() {
    return source;
  }
}
