package org.teenygrad.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;

/// The examples in the Javadoc of the packages that users see and in the Markdown pages compile, run, and print what their comments say.
class ExamplesTest {
  private static final List<String> PACKAGES =
      List.of("org/teenygrad", "org/teenygrad/blas", "org/teenygrad/data", "org/teenygrad/distributed", "org/teenygrad/distributions", "org/teenygrad/nn", "org/teenygrad/optim",
          "org/teenygrad/plot", "org/teenygrad/state",
          "org/teenygrad/train");

  private static final String HEAD =
      "package org.teenygrad.examples; import java.util.*; import java.lang.foreign.*; import java.nio.file.Path; import org.teenygrad.*; import org.teenygrad.blas.*;"
          + " import org.teenygrad.data.*; import org.teenygrad.distributed.*; import org.teenygrad.distributions.*; import org.teenygrad.data.Example; import org.teenygrad.nn.*; import org.teenygrad.nn.Module;"
          + " import org.teenygrad.optim.*; import org.teenygrad.plot.*; import org.teenygrad.state.*; import org.teenygrad.train.*;"
          + " public class %1$s extends Prepared { public %1$s(Path folder) throws Exception { super(folder); }"
          + " @Override public void run() throws Exception {\n";

  @TempDir Path folder;

  /// An example as a class: its lines begin behind one line of other code.
  private static final class Source extends SimpleJavaFileObject {
    private final Example example;
    private final String name;

    Source(Example example, int number) {
      super(URI.create(
          String.format(Locale.ROOT, "string:///org/teenygrad/examples/Example%d.java", number)), Kind.SOURCE);
      this.example = example;
      name = "Example" + number;
    }

    @Override
    public String getCharContent(boolean ignoreEncodingErrors) {
      return String.format(Locale.ROOT, HEAD, name) + String.join("\n", example.statements()) + "\n}}\n";
    }
  }

  private static List<Example> examples() {
    return Stream.concat(PACKAGES.stream().flatMap(ExamplesTest::files), pages()).sorted().flatMap(file -> Example.in(file).stream()).toList();
  }

  private static Stream<Path> pages() {
    return Stream.concat(Stream.of(Path.of("../README.md")), list(Path.of("../docs"), ".md"));
  }

  private static Stream<Path> files(String packageName) {
    return list(Path.of("src/main/java", packageName), ".java");
  }

  private static Stream<Path> list(Path folder, String ending) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void examplesCompileAndPrintWhatTheySay() throws IOException {
    List<Source> sources = new ArrayList<>();
    examples().forEach(example -> sources.add(new Source(example, sources.size())));
    assertThat(compile(sources)).isEmpty();
    List<String> wrong = new ArrayList<>();
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      for (Source source : sources) {
        String difference = run(loader, source);
        if (difference != null) {
          wrong.add(difference);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(sources).isNotEmpty();
  }

  private List<String> compile(List<Source> sources) {
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    List<String> options = List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", folder.toString());
    compiler.getTask(null, null, diagnostics, options, null, sources).call();
    return diagnostics.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .map(d -> d.getSource() instanceof Source source
            ? String.format(Locale.ROOT, "%s:%d: %s",
                source.example.file().getFileName(), source.example.line() + d.getLineNumber() - 2, d.getMessage(null))
            : d.toString())
        .toList();
  }

  private @Nullable String run(ClassLoader loader, Source source) {
    try {
      Class<?> type = loader.loadClass("org.teenygrad.examples." + source.name);
      ((Prepared) type.getConstructor(Path.class).newInstance(folder)).run();
      return null;
    } catch (Exception | AssertionError e) {
      Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
      int line = Stream.of(cause.getStackTrace()).filter(frame -> frame.getClassName().endsWith("." + source.name)).findFirst()
          .map(StackTraceElement::getLineNumber).orElse(2);
      return source.example.file().getFileName() + ":" + (source.example.line() + line - 2) + ": "
          + (cause instanceof AssertionError ? cause.getMessage() : cause.toString());
    }
  }

  /// "```java file=PATH" quotes a file: each line stands there, in this order.
  @Test
  void quotesAreOfTheirFiles() throws IOException {
    for (Path page : pages().toList()) {
      List<String> lines = Files.readAllLines(page);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).startsWith("```java file=")) {
          Iterator<String> file = Files.readAllLines(Path.of("..", lines.get(i).substring("```java file=".length()))).iterator();
          for (i++; !lines.get(i).equals("```"); i++) {
            String quoted = lines.get(i).strip();
            assertThat(quoted.isEmpty() || Stream.generate(() -> file.hasNext() ? file.next().strip() : null).takeWhile(Objects::nonNull).anyMatch(quoted::equals))
                .as("%s:%d: %s", page, i + 1, quoted).isTrue();
          }
        }
      }
    }
  }

  /// By name: overloads share one. `node` is the engine's.
  @Test
  void everyMethodOfATensorHasAnExample() {
    Set<String> shown = examples().stream().map(Example::method).filter(Objects::nonNull).collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    for (Method method : Tensor.class.getMethods()) {
      if (method.getDeclaringClass() != Object.class && !method.isSynthetic()) {
        missing.add(method.getName());
      }
    }
    missing.removeAll(shown);
    missing.removeAll(Set.of("node", "hashCode", "equals"));
    assertThat(missing).isEmpty();
  }
}
