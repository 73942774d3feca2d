package org.teenygrad.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.models.settings.Setting;

/// What `docs/book` says is there.
class ChaptersTest {
  private static final Path ROOT = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
  private static final Path BOOK = ROOT.resolve("docs/book");
  private static final Pattern COMMAND = Pattern.compile("(?m)^\\./teenygrad book +(.*?)(?: +#.*)?$");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
  private static final Set<String> EVERYWHERE = Set.of("--data", "--out", "--seed", "--device", "--help");

  @Test
  void commandsNameProgramsAndSettingsThatTheyHave() throws IOException {
    Map<String, Program> programs = Contents.programs().stream().collect(Collectors.toMap(program -> program.section().name(), Function.identity()));
    for (Path page : pages()) {
      for (String command : COMMAND.matcher(Files.readString(page)).results().map(found -> found.group(1)).toList()) {
        String name = command.split(" ")[0];
        assertThat(programs).as("%s: %s", page.getFileName(), command).containsKey(name);
        Program program = Objects.requireNonNull(programs.get(name));
        List<String> options = Setting.of(((Record) program).getClass()).stream().map(Setting::option).toList();
        assertThat(Arrays.stream(command.split("[ =]")).filter(word -> word.startsWith("--")))
            .as("%s: %s", page.getFileName(), command).allMatch(option -> options.contains(option) || EVERYWHERE.contains(option));
      }
    }
  }

  @Test
  void answersOfExercisesAreTests() throws IOException {
    Path tests = ROOT.resolve("teenygrad-book/src/test/java");
    for (Path page : pages()) {
      for (var answer : TEST.matcher(Files.readString(page)).results().toList()) {
        try (Stream<Path> files = Files.walk(tests)) {
          Path file = files.filter(path -> path.endsWith(answer.group(1) + ".java")).findFirst().orElseThrow(() -> new AssertionError(page + ": " + answer.group()));
          assertThat(Files.readString(file)).as("%s", page).contains("void " + answer.group(2) + "(");
        }
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.list(BOOK)) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }
}
