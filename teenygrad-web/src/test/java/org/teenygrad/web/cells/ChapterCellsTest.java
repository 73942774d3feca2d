package org.teenygrad.web.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.teenygrad.Tensor;
import org.teenygrad.web.Book;

/// Every cell of every chapter runs, as the page runs it, after those before it; and where a comment behind an expression says what it is, it is that.
class ChapterCellsTest {
  /// What begins as a tensor, an array, a shape or a number does, or is a single word, as in the examples of Javadoc; other comments are for people.
  private static final Pattern SAID = Pattern.compile("\\S.*?;?\\s+// ((?:[\\[\\d]|-\\d|\\(\\d).*|\\S+)");

  private static Session session;

  @BeforeAll
  static void begin() {
    session = new Session();
  }

  @AfterAll
  static void end() {
    session.close();
  }

  @TestFactory
  Stream<DynamicTest> everyCellOf() {
    Book book = new Book();
    return book.names().stream().map(name -> DynamicTest.dynamicTest(name, () -> {
      PrintStream before = System.out;
      System.setOut(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
      Tensor.manualSeed(1337);
      try {
        book.chapter(name).cells().forEach(ChapterCellsTest::check);
      } finally {
        System.setOut(before);
        session.forget();
      }
    }));
  }

  private static void check(String cell) {
    List<Object> errors = new ArrayList<>();
    Map<Long, String> values = new HashMap<>();
    session.run(cell, answer -> {
      if ("error".equals(answer.get("kind"))) {
        errors.add(answer);
      } else if (answer.get("line") instanceof Integer line) {
        values.put(Long.valueOf(line), String.valueOf(answer.get("text")));
      }
    });
    assertThat(errors).as(cell).isEmpty();
    String[] lines = cell.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      Matcher said = SAID.matcher(lines[i]);
      if (said.matches() && !lines[i].contains(" = ")) { // a declaration shows nothing
        assertThat(values.get(i + 1L)).as("%s", lines[i]).isEqualTo(said.group(1));
      }
    }
  }
}
