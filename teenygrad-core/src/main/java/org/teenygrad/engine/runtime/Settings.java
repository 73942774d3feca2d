package org.teenygrad.engine.runtime;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What can be set from outside the program, one line each: by the environment variable `TEENYGRAD_NAME`, or the system property
/// `teenygrad.name`, which takes precedence. Nothing else reads either; README's table is made of these lines.
public final class Settings {
  /// More threads than any machine has processors: what is above is a slip.
  private static final int MOST_THREADS = 1024;

  private static final int MOST_SECONDS = 1_000_000;

  public static final Setting<String> DEVICE = new Setting<>(
      "device", "where tensors are made: a name that `devices` lists", "the best that is present", "the name of a device", text -> text);

  public static final Setting<Integer> THREADS = new Setting<>(
      "threads", "threads of the device `cpu`", "one for each processor", "a number of threads from 1 to " + MOST_THREADS,
      text -> number(text, 1, MOST_THREADS));

  public static final Setting<Long> MEMORY = new Setting<>(
      "memory", "how much host memory tensors may take, such as `16g` or `512m`", "70 % of the machine's",
      "a size such as 16g, 512m or 1000000000", MemoryBudget::parse);

  public static final Setting<Path> CACHE = new Setting<>(
      "cache", "folder of compiled kernels, or `off`", "`teenygrad` in the user's cache folder", "a folder, or off", Path::of);

  public static final Setting<Integer> DEBUG = new Setting<>(
      "debug", "what to tell on stderr: `1` schedules, `2` launches, `3` graphs, `4` code", "`0`", "a level from 0 to " + Debug.CODE,
      text -> number(text, 0, Debug.CODE));

  public static final Setting<Set<Debug.Check>> CHECK = new Setting<>(
      "check", "`nan` stops at the first kernel that makes a NaN, `index` at the first index outside of its axis; `nan,index` does both",
      "no check",
      "a list of checks; there are nan and index", Settings::checks);

  public static final Setting<Path> TRACE = new Setting<>(
      "trace", "file for a timeline of kernels, copies and the host's work, which ui.perfetto.dev shows; each rank but the first has its own", "no trace", "a file", Path::of);

  public static final Setting<Boolean> WEB = new Setting<>(
      "web", "`1` shows in a browser what the program computes while it runs; it prints the address", "`0`", "1 or 0, true or false", Settings::truth);

  public static final Setting<Boolean> EAGER = new Setting<>(
      "eager", "`1` computes each operation at once, as the book's eager mode does", "`0`", "1 or 0, true or false", Settings::truth);

  public static final Setting<Target.Rung> RUNG = new Setting<>(
      "rung", "how matrices are multiplied on a GPU at most: " + rungs("`"), "the highest that it has", "a rung; there are " + rungs(""),
      Target.Rung::of);

  public static final Setting<Integer> PATIENCE = new Setting<>(
      "patience", "for how many seconds ranks wait for one that is late before they end", "`60`", "a number of seconds from 1 to " + MOST_SECONDS,
      text -> number(text, 1, MOST_SECONDS));

  public static final Setting<Path> LLVM = new Setting<>(
      "llvm", "path of LLVM's shared library", "that of the class path (`teenygrad-llvm`), the build or the image", "a path", Path::of);

  public static final Setting<String> PYTHON = new Setting<>(
      "python", "the Python whose PyTorch or numpy `bench` measures beside ours", "`python3`", "a command", text -> text);

  private Settings() {}

  /// All of them, in the order of README's table.
  public static List<Setting<?>> all() {
    return List.of(DEVICE, THREADS, MEMORY, CACHE, DEBUG, CHECK, TRACE, WEB, EAGER, RUNG, PATIENCE, LLVM, PYTHON);
  }

  /// Reads all of them, for a program that wants to begin with a word on what is wrong.
  /// @throws IllegalArgumentException at the first that is set to what it cannot be
  public static void check() {
    all().forEach(Setting::value);
  }

  /// One setting.
  ///
  /// @param meaning what it sets, and `byDefault` what holds where it is not set: Markdown, for tables
  /// @param expected what a message says that its values are
  /// @param parse its value; null, or an IllegalArgumentException, for a text that is none
  public record Setting<T>(String name, String meaning, String byDefault, String expected, Function<String, @Nullable T> parse) {
    /// Its environment variable.
    public String variable() {
      return "TEENYGRAD_" + name.toUpperCase(Locale.ROOT);
    }

    /// Its system property.
    public String property() {
      return "teenygrad." + name;
    }

    /// What it is set to; null where it is not set, or blank.
    /// @throws IllegalArgumentException if it is set to what it cannot be
    public @Nullable T value() {
      String property = System.getProperty(property());
      return property == null ? value(variable() + "=", System.getenv().get(variable())) : value("-D" + property() + "=", property);
    }

    /// What it is set to, else `byDefault`.
    /// @throws IllegalArgumentException as [#value()]
    public T or(T byDefault) {
      T value = value();
      return value == null ? byDefault : value;
    }

    private @Nullable T value(String source, @Nullable String text) {
      return text == null || text.isBlank() ? null : parse(source, text);
    }

    /// What a text means that came from elsewhere, such as an option.
    /// @param source what was before the text where it came from: `--threads `
    /// @throws IllegalArgumentException if it means nothing
    public T parse(String source, String text) {
      T value = null;
      try {
        value = parse.apply(text.strip());
      } catch (IllegalArgumentException e) {
        // said below
      }
      if (value == null) {
        throw new IllegalArgumentException(source + text + " is not " + expected);
      }
      return value;
    }

    /// Makes a value hold for this process, for all that has not asked yet.
    /// @throws IllegalArgumentException as [#parse(String, String)]
    public void set(String source, String text) {
      parse(source, text);
      System.setProperty(property(), text);
    }

    /// For the command line of another JVM that shall have what this one was given by a property; empty where it was given none.
    public List<String> jvmOptions() {
      String given = System.getProperty(property());
      return given == null ? List.of() : List.of("-D" + property() + "=" + given);
    }
  }

  private static @Nullable Integer number(String text, int least, int most) {
    int number = Integer.parseInt(text);
    return number >= least && number <= most ? number : null;
  }

  private static Set<Debug.Check> checks(String text) {
    Set<Debug.Check> checks = EnumSet.noneOf(Debug.Check.class);
    for (String name : text.split(",")) {
      checks.add(Debug.Check.valueOf(name.strip().toUpperCase(Locale.ROOT)));
    }
    return checks;
  }

  private static @Nullable Boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "1", "true" -> true;
      case "0", "false" -> false;
      default -> null;
    };
  }

  private static String rungs(String quote) {
    return Arrays.stream(Target.Rung.values()).map(rung -> quote + rung.text + quote).collect(Collectors.joining(", "));
  }
}
