package org.teenygrad.engine.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpTableTest {
  @Test
  void theArchitecturePageShowsTheTableOfOperations() throws IOException {
    String page = Files.readString(Path.of("..", "ARCHITECTURE.md"));
    String table = Arrays.stream(OpCode.values()).map(OpTableTest::row).collect(Collectors.joining("\n"));
    assertThat(page).as("the rows under 'The operations'").contains(table);
  }

  private static String row(OpCode op) {
    String inputs = op.arity() < 0 ? "any" : Integer.toString(op.arity());
    return String.format(Locale.ROOT, "| %s | %s | %s | %s |",
        op, op.group().name().toLowerCase(Locale.ROOT), inputs, op.meaning().replace("|", "\\|"));
  }
}
