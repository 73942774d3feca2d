package org.teenygrad.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A process that measures when it is asked, so that two of them can take turns. A question and an answer are one line each; other lines
/// that it prints go to the standard error.
final class Dialogue implements AutoCloseable {
  private final String name;
  private final Process process;
  private final PrintWriter questions;
  private final BufferedReader answers;

  /// @param name what it is called in messages
  /// @param secondsLeft after which the process is ended
  Dialogue(String name, List<String> command, double secondsLeft) throws IOException {
    this.name = name;
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    CompletableFuture.delayedExecutor((long) (secondsLeft * 1000), TimeUnit.MILLISECONDS).execute(process::destroyForcibly);
  }

  /// What was measured in a round.
  ///
  /// @param peakBytes the most memory of the GPU that the process has held since it took up the case
  /// @param seconds each sample's
  record Answer(long peakBytes, List<Double> seconds) {
    /// The line that [#parse] reads; the peer's script writes the same.
    String line() {
      return String.join("\t", "answer", Long.toString(peakBytes), String.join("\t", seconds.stream().map(s ->
          String.format(Locale.ROOT, "%.6g", s)).toList()));
    }

    static Answer parse(String line) {
      String[] parts = line.split("\t");
      return new Answer(Long.parseLong(parts[1]), Arrays.stream(parts).skip(2).map(Double::valueOf).toList());
    }
  }

  /// @throws IllegalStateException if there is no answer; the message says why
  Answer ask(String question) {
    questions.println(question);
    return Answer.parse(next("answer"));
  }

  /// The next line that begins with a word.
  /// @throws IllegalStateException if there is none; the message says why
  String next(String word) {
    try {
      @Nullable String line;
      while ((line = answers.readLine()) != null) {
        if (line.startsWith(word + "\t")) {
          return line;
        }
        if (line.startsWith("failed\t")) {
          throw new IllegalStateException(name + ": " + line.substring("failed\t".length()));
        }
        System.err.println(line);
      }
      throw new IllegalStateException(name + " ended without an answer");
    } catch (IOException e) {
      throw new IllegalStateException(name + ": " + e.getMessage(), e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Ends the process: what it asks is at an end.
  @Override
  public void close() {
    questions.close();
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
