package org.teenygrad.nanochat.tasks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Runs Python programs that a model has written, each in a process of its own that ends with it: in an empty folder, without input,
/// without this process's environment, with a limit of time and, where there is a shell, of memory and of the size of files. Where Linux
/// allows it (`unshare`), a program has no network, and processes that it leaves behind are ended. This is good for mistakes, not a
/// prison: a program can read what the user can read.
///
/// ```java
/// PythonProcess.run("assert 1 + 1 == 2", PythonProcess.Limits.DEFAULT).isSuccess();   // true
/// ```
public final class PythonProcess {
  private static final int FILE_BLOCKS = 4096; // of 512 bytes

  private PythonProcess() {}

  /// @param time from the start on
  /// @param memoryBytes address space
  public record Limits(Duration time, long memoryBytes) {
    /// nanochat's: 5 seconds and 256 MiB.
    public static final Limits DEFAULT = new Limits(Duration.ofSeconds(5), 256L << 20);
  }

  /// @param isSuccess whether the program came to its end
  /// @param error the last line of what it wrote as errors, or why it was ended; empty after success
  public record Result(boolean isSuccess, String error) {}

  /// Whether there is a `python3` that can be run.
  public static boolean isAvailable() {
    return Available.PYTHON;
  }

  /// @throws IllegalStateException if there is no Python
  /// @throws UncheckedIOException if the program cannot be written or started
  public static Result run(String program, Limits limits) {
    if (!isAvailable()) {
      throw new IllegalStateException("HumanEval's programs are Python's, and there is no python3 that can be run: install Python 3, or leave this task out");
    }
    try {
      Path folder = Files.createTempDirectory("teenygrad-python");
      try {
        return run(program, limits, folder);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run Python: " + e.getMessage(), e);
    }
  }

  private static Result run(String program, Limits limits, Path folder) throws IOException {
    // sys.exit(0) in the program is no success: its last line must have been run.
    String sign = UUID.randomUUID().toString();
    Path source = Files.writeString(folder.resolve("program.py"), program + "\nprint()\nprint('" + sign + "')\n");
    Path output = folder.resolve("output.txt");
    Path errors = folder.resolve("errors.txt");
    ProcessBuilder builder = new ProcessBuilder(command(source, limits)).directory(folder.toFile())
        .redirectInput(ProcessBuilder.Redirect.from(Files.createFile(folder.resolve("input.txt")).toFile()))
        .redirectOutput(output.toFile())
        .redirectError(errors.toFile());
    builder.environment().keySet().retainAll(List.of("PATH", "SystemRoot"));
    builder.environment().putAll(Map.of("OMP_NUM_THREADS", "1", "PYTHONIOENCODING", "utf-8"));
    Process process = builder.start();
    try {
      if (!process.waitFor(limits.time.toNanos(), TimeUnit.NANOSECONDS)) {
        return new Result(false, "it took longer than " + limits.time.toMillis() + " ms");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a Python program ran", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().onExit().join();
    }
    boolean success = process.exitValue() == 0 && lastLine(output).equals(sign);
    String error = lastLine(errors);
    return new Result(success, success ? "" : error.isEmpty() ? "it ended before its last line, with code " + process.exitValue() : error);
  }

  private static List<String> command(Path source, Limits limits) {
    List<String> command = new ArrayList<>();
    if (Available.SHELL) {
      String limited = "ulimit -v " + limits.memoryBytes / 1024 + " 2>/dev/null; ulimit -f " + FILE_BLOCKS + " 2>/dev/null; exec \"$@\"";
      command.addAll(List.of("sh", "-c", limited, "sh"));
    }
    if (Available.ISOLATION) {
      command.addAll(Available.UNSHARE);
    }
    command.addAll(List.of("python3", "-I", "-B", source.toString()));
    return command;
  }

  /// What this machine has, looked for once.
  private static final class Available {
    static final List<String> UNSHARE = List.of("unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child");

    static final boolean PYTHON = succeeds(List.of("python3", "-c", "pass"));
    static final boolean SHELL = succeeds(List.of("sh", "-c", "true"));
    static final boolean ISOLATION = succeeds(Stream.concat(UNSHARE.stream(), Stream.of("true")).toList());
  }

  /// Whether a command can be run and ends well.
  private static boolean succeeds(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false; // there is no such command
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking for " + command.getFirst(), e);
    }
  }

  /// The last line that is not empty. Bytes that are not UTF-8 do not matter.
  private static String lastLine(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).stripTrailing();
    return text.substring(text.lastIndexOf('\n') + 1).strip();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> inside = Files.walk(folder)) {
      for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
