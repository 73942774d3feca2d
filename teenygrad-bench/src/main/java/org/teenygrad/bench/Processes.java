package org.teenygrad.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Settings;

/// Ours and peers, each in a process of its own with a given number of threads.
final class Processes {
  /// How many processes have a trace of their own.
  private static final AtomicInteger TRACED = new AtomicInteger();

  private static final String LEARNED = "-XX:AOTCache=";

  private Processes() {}

  /// `run-1.json` for `run.json`.
  static Path numbered(Path file, int number) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return file.resolveSibling(dot < 1 ? name + "-" + number : name.substring(0, dot) + "-" + number + name.substring(dot));
  }

  /// What a suite gives in a new JVM.
  static List<Figure> ours(Suite suite, String config, int threads, double seconds) {
    List<String> arguments = List.of(suite.text, "--here", "--config", config, "--seconds", Double.toString(seconds));
    List<String> options = suite == Suite.COMPILE ? List.of("-D" + Settings.DEVICE.property() + "=null") : List.of();
    return suite.isFresh()
        ? withCache(cache -> figures(own(Stream.concat(options.stream(), Stream.of(cacheOption(cache))).toList(), arguments), threads, null))
        : figures(own(options, arguments), threads, null);
  }

  /// The figure that a bench command prints in a new JVM with its own kernel cache.
  /// @param options of the JVM
  /// @throws IllegalStateException if it printed none
  static double ownFigure(List<String> arguments, Path cache, int threads, String... options) {
    boolean isLearning = Stream.of(options).anyMatch(option -> option.startsWith("-XX:AOTCacheOutput")); // of which the JVM tells a lot
    List<String> command = own(Stream.concat(Stream.of(cacheOption(cache)), Stream.of(options)).toList(), arguments);
    if (isLearning) {
      command.removeIf(option -> option.startsWith(LEARNED));
    }
    List<Figure> figures = figures(command, threads, null, isLearning ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.INHERIT);
    if (figures.isEmpty()) {
      throw new IllegalStateException("teenygrad bench " + String.join(" ", arguments) + " gave no figure");
    }
    return figures.getFirst().median();
  }

  /// What is made of a kernel cache that is empty, and gone afterwards.
  static <T> T withCache(Function<Path, T> action) {
    Path cache = temporaryFolder();
    try {
      return action.apply(cache);
    } finally {
      delete(cache);
    }
  }

  private static String cacheOption(Path cache) {
    return "-D" + Settings.CACHE.property() + "=" + cache;
  }

  private static List<String> own(List<String> options, List<String> arguments) {
    List<String> command = java();
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return command;
  }

  /// The beginning of a command that starts another JVM like this one, with what that has learned.
  static List<String> java() {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "-XX:+UseParallelGC", "-XX:MaxNewSize=64m"));
    command.addAll(Settings.LLVM.jvmOptions());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(Processes::isLearned).toList());
    Path trace = Settings.TRACE.value();
    if (trace != null) {
      command.add("-D" + Settings.TRACE.property() + "=" + numbered(trace, TRACED.incrementAndGet()));
    }
    return command;
  }

  private static boolean isLearned(String option) {
    return option.startsWith(LEARNED) || option.startsWith("-Xlog:aot") || option.startsWith("-Xlog:cds");
  }

  /// The Python that peers run on: [Settings#PYTHON], or `python3` of the PATH.
  static String python() {
    return Settings.PYTHON.or("python3");
  }

  /// The best peer that is installed: torch, numpy or null.
  static @Nullable String peer() {
    for (String module : List.of("torch", "numpy")) {
      try {
        Process process = new ProcessBuilder(python(), "-c", "import " + module).redirectErrorStream(true).start();
        process.getInputStream().transferTo(OutputStream.nullOutputStream());
        if (process.waitFor() == 0) {
          return module;
        }
      } catch (IOException e) {
        return null;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
    return null;
  }

  /// What a peer gives for the same suite; empty where it has nothing like it.
  static List<Figure> peer(String module, Suite suite, String config, int threads, double seconds) {
    return figures(List.of(python(), "-", module, suite.text, config, Integer.toString(threads), Double.toString(seconds)), threads,
        "peers.py");
  }

  private static List<Figure> figures(List<String> command, int threads, @Nullable String script) {
    return figures(command, threads, script, ProcessBuilder.Redirect.INHERIT);
  }

  private static List<Figure> figures(List<String> command, int threads, @Nullable String script, ProcessBuilder.Redirect errors) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors);
    for (String variable : List.of(Settings.THREADS.variable(), "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")) {
      builder.environment().put(variable, Integer.toString(threads));
    }
    List<Figure> figures = new ArrayList<>();
    try {
      Process process = builder.start();
      try (OutputStream in = process.getOutputStream()) {
        if (script != null) {
          try (InputStream source = Objects.requireNonNull(Processes.class.getResourceAsStream(script))) {
            source.transferTo(in);
          }
        }
      }
      try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        out.lines().filter(Figure::isLine).map(Figure::parse).forEach(figures::add);
      }
      if (process.waitFor() != 0) {
        System.err.println("teenygrad bench: " + command.getFirst() + " ended with status " + process.exitValue());
      }
    } catch (IOException e) {
      System.err.println("teenygrad bench: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return figures;
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("teenygrad-bench");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("teenygrad bench: " + folder + " stays: " + e.getMessage());
    }
  }
}
