package org.teenygrad.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.chat.Chat;
import org.teenygrad.nanochat.chat.ChatOptions;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad nanochat chat`: a conversation with a model.
@Command(
    name = "chat",
    description = {"Talks with a model. A message is a line; one that ends with \\ goes on in the next.", "/help lists commands, Ctrl-C stops an answer."},
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatChat implements Runnable {
  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      description = "Answer this and end.")
  private @Nullable String prompt;

  @Option(
      names = {"-t", "--temperature"},
      paramLabel = "X",
      defaultValue = "0.6",
      description = "0 for the likeliest tokens, 1 to draw as the model weighs (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = {"-k", "--top-k"},
      paramLabel = "N",
      defaultValue = "50",
      description = "Of how many of the likeliest tokens one is drawn; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = {"-m", "--max-new-tokens"},
      paramLabel = "N",
      defaultValue = "256",
      description = "Tokens of an answer at most (default: ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Seed of all random numbers (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private ModelOptions model;
  @Mixin private ModelOptions.Exported exported;
  @Mixin private DeviceOptions deviceOptions;

  @Override
  public void run() {
    ChatOptions options = new ChatOptions(temperature, topK, maxNewTokens, seed);
    NanochatTokenizer tokenizer = exported.tokenizer(model);
    deviceOptions.choose();
    Chat chat = new Chat(exported.trained(model).requireTokenizer(tokenizer).computing(), tokenizer, options, System.out);
    if (prompt != null) {
      answer(chat, prompt);
      return;
    }
    boolean terminal = System.console() != null && System.console().isTerminal();
    if (terminal) {
      System.out.println("model: " + exported.name(model) + "; /help lists commands, /quit ends");
    }
    chat.converse(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), terminal, text -> answer(chat, text));
  }

  /// Ctrl-C stops this answer; a second one the process.
  private static void answer(Chat chat, String text) {
    Interrupt interrupt = new Interrupt();
    try (Interrupt.Listening _ = interrupt.listen(() -> {})) {
      chat.answer(text, interrupt::isRequested);
    }
  }
}
