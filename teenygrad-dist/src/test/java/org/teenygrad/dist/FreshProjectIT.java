package org.teenygrad.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A new Maven project with what the README says, the artifacts being those that this build made: nothing else on the class path, no system
/// property, an empty cache.
class FreshProjectIT {
  private static final Path ROOT = Path.of(property("teenygrad.root"));
  private static final String VERSION = property("teenygrad.version");
  private static final String PLATFORM = property("llvm.platform");

  /// Where the artifacts of each module are, by artifact.
  private static final Map<String, String> MODULES = Map.of(
      "teenygrad-parent", ".", "teenygrad", "teenygrad-library", "teenygrad-core", "teenygrad-core",
      "teenygrad-models", "teenygrad-models", "teenygrad-exchange", "teenygrad-exchange", "teenygrad-llvm", "teenygrad-llvm");

  /// Versions of plugins that this build has, so that none is downloaded.
  private static final Pattern PLUGIN = Pattern.compile(
      "<plugin>\\s*(?:<groupId>[\\w.]+</groupId>\\s*)?<artifactId>(?:maven-(?:compiler|resources|dependency)|exec-maven)-plugin</artifactId>\\s*<version>[^<]+</version>");

  private static final Pattern COMPILED = Pattern.compile("(?:cpu|cuda:0) 200: ");

  @TempDir private Path folder;

  @BeforeEach
  void thereIsLlvmForThisPlatform() {
    assumeFalse(PLATFORM.isEmpty(), "no LLVM for this platform");
  }

  @Test
  void fiveLinesOfXmlTrainTheReadmesModelOnLlvm() throws Exception {
    String readme = Files.readString(ROOT.resolve("README.md"));
    readme = readme.substring(readme.indexOf("## In a project of your own"));
    String dependency = block(readme, "xml");
    assertThat(dependency.lines()).hasSize(5);
    publish();
    Files.writeString(folder.resolve("pom.xml"), pom(dependency));
    Path sources = Files.createDirectories(folder.resolve("src/main/java"));
    Files.writeString(sources.resolve("Main.java"), block(readme, "java project"));

    String maven = Path.of(property("maven.home"), "bin", "mvn").toString();
    List<String> command = Stream.concat(
        Stream.of(maven, "-o", "-q", "-B", "-Dmaven.repo.local=" + folder.resolve("repository"),
            "-Dmaven.repo.local.tail=" + property("maven.repository"), "dependency:build-classpath", "-Dmdep.outputFile=classpath"),
        words(block(readme, "")).skip(1)).toList();
    assertThat(output(command)).containsPattern(COMPILED).doesNotContain("interpreter", "WARNING");
    assertThat(files(folder.resolve("cache/native"))).singleElement().asString().contains("libLLVM.");

    // The same as modules: nothing requires the one that holds the library.
    String jars = Files.readString(folder.resolve("classpath")).strip();
    List<String> modules = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=org.teenygrad.core",
        "--module-path", jars, "--add-modules", "org.teenygrad.models", "-cp", folder.resolve("target/classes").toString(), "Main");
    assertThat(output(modules)).containsPattern(COMPILED).doesNotContain("interpreter", "WARNING");
  }

  /// Lays the artifacts out as a repository has them.
  private void publish() throws IOException {
    for (Map.Entry<String, String> module : MODULES.entrySet()) {
      Path source = ROOT.resolve(module.getValue());
      Path target = Files.createDirectories(folder.resolve("repository/org/teenygrad").resolve(module.getKey()).resolve(VERSION));
      String name = module.getKey() + "-" + VERSION;
      Files.copy(source.resolve("pom.xml"), target.resolve(name + ".pom"));
      for (String jar : List.of(name + ".jar", name + "-" + PLATFORM + ".jar")) {
        if (Files.exists(source.resolve("target").resolve(jar))) {
          Files.createLink(target.resolve(jar), source.resolve("target").resolve(jar));
        }
      }
    }
  }

  private static String pom(String dependency) throws IOException {
    String plugins = PLUGIN.matcher(Files.readString(ROOT.resolve("pom.xml"))).results().map(MatchResult::group).map(plugin -> plugin + "</plugin>")
        .reduce("", String::concat);
    return """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>fresh</groupId>
          <artifactId>fresh</artifactId>
          <version>1</version>
          <properties>
            <maven.compiler.release>25</maven.compiler.release>
            <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          </properties>
          <dependencies>%s</dependencies>
          <build><pluginManagement><plugins>%s</plugins></pluginManagement></build>
        </project>
        """.formatted(dependency, plugins);
  }

  /// The first fenced block of a language.
  private static String block(String markdown, String language) {
    int start = markdown.indexOf("\n\n```" + language + "\n") + language.length() + 6;
    return markdown.substring(start, markdown.indexOf("```", start));
  }

  /// As a shell takes a line apart.
  private static Stream<String> words(String line) {
    return Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+").matcher(line).results().map(word -> word.group().replace("\"", ""));
  }

  private String output(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("TEENYGRAD_") || name.equals("MAVEN_OPTS") || name.equals("MAVEN_ARGS"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().merge("PATH", Path.of(System.getProperty("java.home"), "bin").toString(), (path, bin) -> bin + File.pathSeparator + path);
    builder.environment().put("TEENYGRAD_CACHE", folder.resolve("cache").toString());
    builder.environment().put("TEENYGRAD_DEVICE", "");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }
}
