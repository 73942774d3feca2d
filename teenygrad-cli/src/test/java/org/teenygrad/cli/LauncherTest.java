package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The script `./teenygrad`, in a project whose Maven writes down that it was called, and whose Java prints how.
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir private Path folder;
  private Path project;
  private Path source;

  @BeforeEach
  void copyTheLauncher() throws IOException {
    project = Files.createDirectories(folder.resolve("a project of größe"));
    for (String file : new String[] {"teenygrad", "bin/find-jdk.sh"}) {
      Files.createDirectories(project.resolve(file).getParent());
      Files.copy(Path.of("..").resolve(file), project.resolve(file));
    }
    for (String module : new String[] {"core", "models", "bench", "cli"}) {
      Files.writeString(Files.createDirectories(project.resolve("teenygrad-" + module)).resolve("pom.xml"), module);
    }
    Files.writeString(project.resolve("pom.xml"), "parent");
    source = Files.writeString(project.resolve("teenygrad-core").resolve("A source.java"), "class A {}");
    script(project.resolve("mvnw"), """
        echo built >>builds
        mkdir -p teenygrad-cli/target/lib
        touch teenygrad-cli/target/lib/dependency.jar teenygrad-cli/target/teenygrad-cli-1.jar
        """);
    Path jdk = Files.createDirectories(folder.resolve("jdk").resolve("bin"));
    script(jdk.resolve("java"), """
        for word in "$@"; do
          echo "$word"
          case $word in
            -XX:AOTCacheOutput=*)
              echo "trace=${TEENYGRAD_TRACE-} cache=$TEENYGRAD_CACHE" >"${word#*=}"
              if [ -e "${0%/*}/broken" ]; then exit 1; fi
              ;;
          esac
        done
        echo "LC_ALL=${LC_ALL-} LC_CTYPE=${LC_CTYPE-}"
        """);
    script(jdk.resolve("javac"), "");
    Files.writeString(folder.resolve("jdk").resolve("release"), "JAVA_VERSION=\"25\"\n");
  }

  @AfterEach
  void waitForWhoLearns() throws IOException {
    Path learner = app().resolve("learner");
    if (Files.exists(learner)) {
      long number = Long.parseLong(Files.readString(learner).split(" ", 2)[0]);
      ProcessHandle.of(number).ifPresent(process -> process.onExit().join());
    }
  }

  private Path app() {
    return project.resolve("teenygrad-cli").resolve("target").resolve("app");
  }

  /// The files with what the JVM learned.
  private List<Path> learned() throws IOException {
    waitForWhoLearns();
    try (Stream<Path> files = Files.list(app())) {
      return files.filter(file -> file.getFileName().toString().startsWith("learned-")).toList();
    }
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\nset -eu\n" + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Process start(Map<String, String> environment, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(project.resolve("teenygrad").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static String output(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private String run(String... arguments) throws IOException, InterruptedException {
    return output(start(Map.of(), arguments));
  }

  private int builds() throws IOException {
    return Files.readAllLines(project.resolve("builds")).size();
  }

  private void changedAt(Path file, Duration fromNow) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(fromNow)));
  }

  @Test
  void buildsTheFirstTimeAndAfterAChange() throws IOException, InterruptedException {
    assertThat(run("bench", "two words")).contains("building teenygrad (first run only", "-cp\n", "org.teenygrad.cli.Main\nbench\ntwo words\n");
    assertThat(run("devices")).doesNotContain("building");
    Files.writeString(source, "class A { int changed; }");
    changedAt(source, Duration.ofMinutes(1));
    assertThat(run()).contains("building teenygrad (its sources changed)");
    assertThat(run()).doesNotContain("building");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void afterTheFirstCommandOfABuildTheJvmLearnsForLaterOnes() throws IOException, InterruptedException {
    assertThat(run("devices")).doesNotContain("AOT");
    assertThat(learned()).as("devices computes nothing").isEmpty();
    String first = output(start(Map.of("TEENYGRAD_TRACE", "of the user's command", "TEENYGRAD_CACHE", "his"), "train"));
    assertThat(first).doesNotContain("AOT", "rehearse");
    assertThat(learned()).singleElement().satisfies(file -> assertThat(file).hasContent("trace= cache=off"));
    Path file = learned().getFirst();
    Files.writeString(file, "of these jars");
    assertThat(run("train")).contains("-XX:AOTCache=" + file + "\n");
    assertThat(learned()).containsExactly(file);
    assertThat(file).hasContent("of these jars");
    Files.writeString(source, "class A { int changed; }");
    changedAt(source, Duration.ofMinutes(1));
    assertThat(run("devices")).as("of the jars before").doesNotContain("AOT");
    assertThat(learned()).isEmpty();
  }

  @Test
  void eachJdkLearnsForItself() throws IOException, InterruptedException {
    run("train");
    Path file = learned().getFirst();
    Files.writeString(folder.resolve("jdk").resolve("release"), "JAVA_VERSION=\"26\"\n");
    assertThat(run("train")).doesNotContain("AOT");
    assertThat(learned()).hasSize(2).contains(file);
  }

  @Test
  void whereTheJvmCannotLearnCommandsRunWithoutAndDoNotTryAgain() throws IOException, InterruptedException {
    Path broken = Files.createFile(folder.resolve("jdk").resolve("bin").resolve("broken"));
    run("train");
    assertThat(learned()).singleElement().satisfies(file -> assertThat(file).isEmptyFile());
    Files.delete(broken);
    assertThat(run("train")).contains("org.teenygrad.cli.Main\ntrain\n").doesNotContain("AOT");
    assertThat(learned()).singleElement().satisfies(file -> assertThat(file).isEmptyFile());
  }

  @Test
  void whoWasEndedWhileItLearnedIsFollowedByAnother() throws IOException, InterruptedException {
    run("devices");
    Files.writeString(app().resolve("learner"), "999999999 1");
    run("train");
    assertThat(learned()).singleElement().satisfies(file -> assertThat(file).isNotEmptyFile());
  }

  @Test
  void aSourceOfTheFutureIsBuiltOnce() throws IOException, InterruptedException {
    changedAt(source, Duration.ofDays(4000));
    run();
    assertThat(run()).doesNotContain("building");
    Files.writeString(project.resolve("pom.xml"), "changed later");
    changedAt(project.resolve("pom.xml"), Duration.ofMinutes(1));
    assertThat(run()).contains("building");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aLockLeftBehindHoldsNobodyUpThoughAnotherProcessHasItsNumber() throws IOException, InterruptedException {
    Path lock = Files.createDirectories(project.resolve("teenygrad-cli").resolve("target")).resolve("building");
    for (String left : new String[] {"%d", "%d 1", "999999999 1", ""}) {
      Files.writeString(lock, String.format(Locale.ROOT, left, ProcessHandle.current().pid()));
      Files.deleteIfExists(project.resolve("teenygrad-cli").resolve("target").resolve("app").resolve("sources-seen"));
      assertThat(run()).contains("building");
      assertThat(lock).doesNotExist();
    }
    assertThat(builds()).isEqualTo(4);
  }

  @Test
  void ofTwoAtOnceOneBuilds() throws IOException, InterruptedException {
    Process first = start(Map.of());
    Process second = start(Map.of());
    output(first);
    output(second);
    assertThat(builds()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "LC_ALL, C, LC_ALL=C.UTF-8 LC_CTYPE=",
    "LC_ALL, POSIX, LC_ALL=C.UTF-8 LC_CTYPE=",
    "LANG, C, LC_ALL= LC_CTYPE=C.UTF-8",
    "LANG, de_DE.ISO-8859-1, LC_ALL= LC_CTYPE="
  })
  void theJvmIsToldThatNamesAreUtf8WhereTheLocaleSaysNothing(String variable, String locale, String expected) throws IOException, InterruptedException {
    assertThat(output(start(Map.of(variable, locale))).lines()).last().isEqualTo(expected);
  }
}
