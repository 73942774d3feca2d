package org.teenygrad.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.pretrained.ChatTemplate;
import org.teenygrad.models.pretrained.ChatTemplate.Message;
import org.teenygrad.models.pretrained.Pretrained;
import org.teenygrad.state.FileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad chat`: a conversation with a model that others trained.
@Command(
    name = "chat",
    description = {"Talks with a model from a GGUF file or a folder in Hugging Face's layout. A message is a line.", "/clear forgets what was said, /quit ends; Ctrl-C stops an answer."},
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ChatCommand implements Callable<Integer> {
  @Option(names = "--from", paramLabel = "PATH", required = true, description = "A GGUF file, or a folder in Hugging Face's layout.")
  private Path from;

  @Option(names = {"-p", "--prompt"}, paramLabel = "TEXT", description = "Answer this and end.")
  private @Nullable String prompt;

  @Option(names = "--system", paramLabel = "TEXT", description = "What stands before the first message.")
  private @Nullable String system;

  @Option(names = {"-t", "--temperature"}, paramLabel = "X", description = "0 for the likeliest tokens, 1 to draw as the model weighs; by default as its makers say.")
  private @Nullable Double temperature;

  @Option(names = {"-m", "--max-new-tokens"}, paramLabel = "N", defaultValue = "512", description = "Tokens of an answer at most (default: ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Seed of all random numbers (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private PrecisionOption precisionOption;
  @Mixin private DeviceOptions deviceOptions;

  private final List<Message> messages = new ArrayList<>();

  @Override
  public Integer call() {
    deviceOptions.choose();
    Pretrained trained = Pretrained.read(from);
    ChatTemplate template = trained.chat();
    if (template == null) {
      throw FileException.lacking(from, "a chat template: sample continues texts with it");
    }
    PretrainedSpeech speech = new PretrainedSpeech(trained, precisionOption.precision(), System.out);
    clear();
    if (prompt != null) {
      answer(template, speech, trained.sampling(), prompt);
      return 0;
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = read(in); line != null && !line.strip().equals("/quit"); line = read(in)) {
      if (line.strip().equals("/clear")) {
        clear();
      } else if (!line.isBlank()) {
        answer(template, speech, trained.sampling(), line);
      }
    }
    return 0;
  }

  private void clear() {
    messages.clear();
    if (system != null) {
      messages.add(new Message("system", system));
    }
  }

  /// Ctrl-C stops this answer; a second one the process.
  private void answer(ChatTemplate template, PretrainedSpeech speech, Sampling makers, String text) {
    messages.add(new Message("user", text));
    Sampling sampling = temperature == null ? makers : new Sampling(temperature, makers.topK(), makers.topP(), 0);
    Interrupt interrupt = new Interrupt();
    try (Interrupt.Listening _ = interrupt.listen(() -> {})) {
      String answer = speech.say(template.prompt(messages), maxNewTokens, sampling.withSeed(seed + messages.size()), interrupt::isRequested);
      messages.add(new Message("assistant", answer));
    }
  }

  private static @Nullable String read(BufferedReader in) {
    try {
      if (System.console() != null && System.console().isTerminal()) {
        System.out.print("> ");
        System.out.flush();
      }
      return in.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
