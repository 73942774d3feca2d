package org.teenygrad.nanochat.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Generation;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tasks.ToolUse;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// A conversation: what has been said is read again for each answer, which is printed as it comes.
///
/// Lines that begin with `/` are commands ([#HELP]); a line that ends with `\` goes on in the next.
public final class Chat {
  /// The commands.
  public static final String HELP = """
      /clear            forget what was said
      /temperature X    0 always takes the likeliest token, 1 draws as the model weighs
      /topk N           draw among so many of the likeliest tokens; 0 for all
      /system TEXT      begin anew, with this before the first message
      /save FILE        append the conversation to a file, as a line that sft reads
      /help, /quit      a line that ends with \\ goes on in the next; Ctrl-C stops an answer
      """;

  private static final String PROMPT = "> ";

  private final NanochatTokenizer tokenizer;
  private final Engine engine;
  private final PrintStream out;
  private final int mostTokens;
  private final List<Message> messages = new ArrayList<>();
  private int[] said;
  private String system = "";
  private ChatOptions options;
  private long answers;

  /// @param model in the type to compute in
  /// @param out where answers are printed
  public Chat(Gpt model, NanochatTokenizer tokenizer, ChatOptions options, PrintStream out) {
    this.tokenizer = tokenizer;
    this.options = options;
    this.out = out;
    engine = Engine.of(model, 1);
    mostTokens = model.maxPositions();
    said = new int[] {tokenizer.token(SpecialToken.BOS)};
  }

  /// Reads lines and answers them until there are no more, or `/quit`.
  ///
  /// @param terminal whether somebody types, who is told when it is their turn
  /// @param answering answers a message, so that it can be interrupted
  public void converse(BufferedReader in, boolean terminal, Answering answering) {
    for (String text = message(in, terminal); text != null && !text.strip().equals("/quit"); text = message(in, terminal)) {
      try {
        if (text.startsWith("/")) {
          command(text.strip());
        } else if (!text.isBlank()) {
          answering.answer(text);
        }
      } catch (IllegalArgumentException e) {
        out.println(e.getMessage());
      }
    }
  }

  /// How a message is answered.
  public interface Answering {
    void answer(String text);
  }

  private @Nullable String message(BufferedReader in, boolean terminal) {
    try {
      StringBuilder text = new StringBuilder();
      while (true) {
        if (terminal) {
          out.print(text.isEmpty() ? PROMPT : "  ");
          out.flush();
        }
        String line = in.readLine();
        if (line == null) {
          return text.isEmpty() ? null : text.toString();
        }
        if (!line.endsWith("\\")) {
          return text.append(line).toString();
        }
        text.append(line, 0, line.length() - 1).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void command(String line) {
    String[] words = line.split("\\s+", 2);
    String argument = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "/clear" -> clear();
      case "/temperature" -> options = options.withTemperature(number(words[0], argument));
      case "/topk" -> options = options.withTopK(wholeNumber(words[0], argument));
      case "/system" -> {
        clear();
        system = argument;
      }
      case "/save" -> save(argument);
      case "/help" -> out.print(HELP);
      default -> throw new IllegalArgumentException("no command " + Printable.of(words[0]) + ": there are /clear, /temperature, /topk, /system, /save, /help and /quit");
    }
  }

  private static double number(String command, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(command + " needs a number, not '" + Printable.of(text) + "'", e);
    }
  }

  private static int wholeNumber(String command, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(command + " needs a whole number, not '" + Printable.of(text) + "'", e);
    }
  }

  private void clear() {
    messages.clear();
    said = new int[] {tokenizer.token(SpecialToken.BOS)};
  }

  private void save(String file) {
    if (file.isEmpty() || messages.isEmpty()) {
      throw new IllegalArgumentException(file.isEmpty() ? "/save needs the name of a file" : "nothing has been said yet");
    }
    try {
      Files.writeString(Path.of(file), Json.text(new Conversation(messages).toMap()) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("cannot write " + Printable.of(file) + ": " + e.getClass().getSimpleName(), e);
    }
    out.println("saved: " + Printable.of(file));
  }

  /// Prints the answer to a message and remembers both; of an answer that is stopped, what there was.
  ///
  /// @param stop asked before each token
  /// @throws IllegalArgumentException if what has been said leaves no place for an answer; it is as if nothing had been asked
  public void answer(String text, BooleanSupplier stop) {
    String whole = messages.isEmpty() && !system.isEmpty() ? system + "\n\n" + text : text;
    int[] asked = Stream.of(
        said, new int[] {tokenizer.token(SpecialToken.USER_START)}, tokenizer.encode(whole),
        new int[] {tokenizer.token(SpecialToken.USER_END), tokenizer.token(SpecialToken.ASSISTANT_START)}).flatMapToInt(IntStream::of).toArray();
    if (asked.length >= mostTokens) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "with this message the conversation has %,d tokens, and the model reads %,d at most: /clear begins anew", asked.length, mostTokens));
    }
    AnswerText answer = new AnswerText(tokenizer, out);
    List<Integer> tokens = new ArrayList<>();
    Sampling sampling = new Sampling(options.temperature(), options.topK(), 1, options.seed() + answers++);
    Request request = Request.of(asked, options.maxNewTokens(), sampling).withState(() -> new ToolUse(tokenizer)).withSink(token -> {
      tokens.add(token.token());
      answer.add(token.token());
    });
    Generation generation = engine.submit(request);
    while (!generation.isFinished()) {
      if (stop.getAsBoolean()) {
        generation.cancel();
      }
      engine.step();
    }
    messages.add(Message.of(Role.USER, whole));
    messages.add(new Message(Role.ASSISTANT, answer.parts()));
    out.println();
    int end = tokenizer.token(SpecialToken.ASSISTANT_END);
    if (tokens.isEmpty() || tokens.getLast() != end) {
      tokens.add(end);
    }
    said = IntStream.concat(IntStream.of(asked), tokens.stream().mapToInt(Integer::intValue)).toArray();
  }
}
