package org.teenygrad.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The programs in `examples/` compile and run, and what they find is right.
class ExampleProgramsTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  /// By program: a number in what it prints, and the least and the largest that it may be.
  private record Expected(String pattern, double least, double most) {}

  private static final Map<String, List<Expected>> PROGRAMS = Map.of(
      "FirstDerivative", List.of(new Expected("d  +=", 2398.17, 2398.19), new Expected("dx2 =", 7397.6, 7397.8)),
      "DataParallel", List.of(new Expected("points: slope", 2.8, 3.2)),
      "LinearRegression", List.of(new Expected("descent: slope", 2.8, 3.2), new Expected("squares: +slope", 2.8, 3.2)),
      "Digits", List.of(new Expected("not seen:", 85, 100)),
      "CharGpt", List.of(new Expected("validation loss", 0.5, 3)),
      "LoadWeights", List.of(new Expected("0\\.weight \\(", 8, 8)));

  @TempDir private Path classes;

  static Stream<String> programs() {
    return PROGRAMS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void findsWhatIsThere(String program) throws Exception {
    String output = run(program);
    for (Expected expected : Objects.requireNonNull(PROGRAMS.get(program))) {
      Matcher number = Pattern.compile(expected.pattern + " ?([-0-9.]+)").matcher(output);
      assertThat(number.find()).as(output).isTrue();
      assertThat(Double.parseDouble(number.group(1))).as(output).isBetween(expected.least, expected.most);
    }
  }

  @Test
  void everyProgramIsTried() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".java")))
          .containsExactlyInAnyOrderElementsOf(PROGRAMS.keySet().stream().map(name -> name + ".java").toList());
    }
  }

  /// What a program prints. A copy is compiled, in which the folder of data is where this test runs.
  private String run(String program) throws Exception {
    Path source = classes.resolve(program + ".java");
    Files.writeString(source, Files.readString(EXAMPLES.resolve(program + ".java")).replace("\"examples/", "\"../examples/"));
    int status = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler()).run(null, null, null,
        "-proc:none", "-Xlint:all,-processing,-classfile", "-Werror", "-cp", System.getProperty("java.class.path"), "-d", classes.toString(), source.toString());
    assertThat(status).isZero();
    PrintStream before = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> type = loader.loadClass(program);
      Constructor<?> constructor = type.getDeclaredConstructor();
      Method main = Arrays.stream(type.getDeclaredMethods()).filter(method -> method.getName().equals("main")).findFirst().orElseThrow();
      constructor.setAccessible(true);
      main.setAccessible(true);
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
      Object[] arguments = main.getParameterCount() == 0 ? new Object[0] : new Object[] {new String[0]};
      main.invoke(constructor.newInstance(), arguments);
    } finally {
      System.setOut(before);
    }
    return output.toString(StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
  }
}
