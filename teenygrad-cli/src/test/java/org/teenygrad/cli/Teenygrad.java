package org.teenygrad.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/// The command as a user calls it: in this process, or in one of its own.
final class Teenygrad {
  /// A model that the interpreter trains in a second.
  static final List<String> TINY = List.of(
      "--device", "interpreter", "--n-layer", "1", "--n-head", "2", "--n-embd", "8", "--block-size", "8", "--batch-size", "2",
      "--max-iters", "4", "--eval-interval", "2", "--eval-iters", "1", "--log-interval", "1");

  static final String TEXT = "the cat sat on the mat and the dog sat on the log. ".repeat(12);

  private Teenygrad() {}

  /// @param status the exit status
  record Result(int status, String out, String err) {
    List<String> errLines() {
      return err.lines().toList();
    }
  }

  /// `train nanogpt` of a tiny model on a file, with more options.
  static String[] train(Path data, Path out, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train", "nanogpt", "--data", data.toString(), "--out", out.toString()));
    arguments.addAll(TINY);
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  static Result run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stdout = System.out;
    PrintStream stderr = System.err;
    try (PrintStream toOut = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream toErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(toOut);
      System.setErr(toErr);
      CommandLine line = Main.commandLine(new Interrupt())
          .setOut(new PrintWriter(toOut, true, StandardCharsets.UTF_8))
          .setErr(new PrintWriter(toErr, true, StandardCharsets.UTF_8));
      int status = line.execute(arguments);
      return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
    }
  }

  /// A JVM of its own, not yet started.
  static ProcessBuilder process(List<String> jvmOptions, String... arguments) {
    return new ProcessBuilder(java(jvmOptions, arguments));
  }

  static List<String> java(List<String> jvmOptions, String... arguments) {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(jvmOptions);
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return command;
  }
}
