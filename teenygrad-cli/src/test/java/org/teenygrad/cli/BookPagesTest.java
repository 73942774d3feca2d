package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.teenygrad.book.Program;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// The commands of `docs/book` are read as the command line reads them, up to the program with its settings, which does not run. What the text says to
/// change, as `--steps 800`, belongs to the command above it.
class BookPagesTest {
  private static final Path BOOK = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent()).resolve("docs/book");
  private static final Pattern COMMAND = Pattern.compile("(?m)^\\./teenygrad book ([^#\\n]+)|`(--[a-z][^`]*)`");

  @TestFactory
  Stream<DynamicTest> everyCommandCanBeRead() throws IOException {
    List<Path> pages;
    try (Stream<Path> files = Files.list(BOOK)) {
      pages = files.filter(file -> file.toString().matches(".*/\\d.*\\.md")).sorted().toList();
    }
    assertThat(pages).hasSizeGreaterThan(10);
    return pages.stream().map(page -> DynamicTest.dynamicTest(page.getFileName().toString(), () -> {
      String name = "";
      for (MatchResult found : COMMAND.matcher(Files.readString(page)).results().toList()) {
        String change = found.group(2);
        if (change != null && !change.contains(" ")) {
          assertThat(option(name, change)).as("%s %s", name, change).isNotNull();
        } else {
          String command = change == null ? found.group(1) : name + " " + change;
          name = command.split(" ")[0];
          assertThat(program(command).section().name()).as(command).isEqualTo(name);
        }
      }
      assertThat(name).isNotEmpty();
    }));
  }

  @Test
  void wrongCommandsAreRefused() {
    assertThatThrownBy(() -> program("sunset")).isInstanceOf(ParameterException.class);
    assertThatThrownBy(() -> program("sunrise --nights 3")).isInstanceOf(ParameterException.class).hasMessageContaining("--nights");
    assertThatThrownBy(() -> program("sunrise --days many")).isInstanceOf(ParameterException.class).hasMessageContaining("many");
    assertThatThrownBy(() -> program("sunrise --days 0")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("days");
    assertThatThrownBy(() -> program("sunrise --data days.csv")).isInstanceOf(ParameterException.class).hasMessageContaining("no --data");
  }

  private static @Nullable OptionSpec option(String program, String option) {
    CommandLine book = Objects.requireNonNull(Main.commandLine(new Interrupt()).getSubcommands().get("book"));
    return Objects.requireNonNull(book.getSubcommands().get(program)).getCommandSpec().findOption(option);
  }

  /// The program with the settings that a command gives it.
  private static Program program(String command) {
    List<CommandLine> parsed = Main.commandLine(new Interrupt())
        .parseArgs(Stream.concat(Stream.of("book"), Arrays.stream(command.strip().split(" +"))).toArray(String[]::new)).asCommandLineList();
    return ((BookCommand.Reading) parsed.getLast().getCommand()).chosen();
  }
}
