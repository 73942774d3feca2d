package org.teenygrad.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.RankFailedException;
import org.teenygrad.engine.runtime.Heartbeat;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.state.FileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Turns what went wrong into one sentence on stderr and an exit status: 2 for a command line that makes no sense, 1 for all
/// else. `--debug` shows the stack trace too.
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private static final int MAX_CHARACTERS = 2000;

  private final Main main;

  Failures(Main main) {
    this.main = main;
  }

  @Override
  public int handleParseException(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    say(command.getErr(), String.format(Locale.ROOT, "%s; see %s --help",
        oneLine(problem.getMessage()), name), problem);
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(Exception problem, CommandLine command, ParseResult arguments) {
    say(command.getErr(), sentence(problem), problem);
    return problem instanceof RankFailedException ? Heartbeat.STATUS : CommandLine.ExitCode.SOFTWARE;
  }

  private void say(PrintWriter err, String sentence, Exception problem) {
    if (main.isDebugging()) {
      problem.printStackTrace(err);
    }
    err.println("teenygrad: " + sentence);
    err.flush();
  }

  /// What to tell a user.
  static String sentence(Throwable problem) {
    return switch (problem) {
      case HeapExhausted e -> oneLine(e.getMessage());
      case FileException e -> oneLine(e.getMessage());
      case OutOfMemoryException e -> oneLine(e.getMessage());
      case RankFailedException e -> oneLine(e.getMessage());
      case IllegalArgumentException e when e.getMessage() != null -> oneLine(e.getMessage());
      case IllegalStateException e when e.getMessage() != null -> oneLine(e.getMessage());
      case UnsupportedOperationException e when e.getMessage() != null -> oneLine(e.getMessage());
      case UncheckedIOException e -> oneLine(e.getMessage());
      default -> "this should not happen: " + oneLine(problem.toString()) + " (--debug shows where)";
    };
  }

  private static String oneLine(@Nullable String message) {
    return Printable.of(String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " "), MAX_CHARACTERS);
  }

  /// Java's own memory is full, which is an Error and passes by those who handle exceptions.
  static final class HeapExhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HeapExhausted(OutOfMemoryError cause) {
      super(
          String.format(Locale.ROOT, "Java's memory is full (%d MiB): give it more, such as TEENYGRAD_JAVA_OPTS=-Xmx8g",
              Runtime.getRuntime().maxMemory() >> 20),
          cause);
    }
  }
}
