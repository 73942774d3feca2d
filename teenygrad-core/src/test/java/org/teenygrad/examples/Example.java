package org.teenygrad.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A block of Java in the Javadoc of a file, or all blocks of a Markdown page, which go on from each other.
///
/// @param line the number of its first line, from 1
/// @param lines without the `///` in front
/// @param method the name of the method that it belongs to, or null
record Example(Path file, int line, List<String> lines, @Nullable String method) {
  /// A statement on one line, and behind it what it prints: what begins as a tensor, an array, a shape or a number does, or is a
  /// single word. Other comments are for people.
  private static final Pattern PRINTED = Pattern.compile("(.+);\\s+// ((?:[\\[\\d]|-\\d|\\(\\d).*|\\S+)");

  private static final Pattern CONTINUED = Pattern.compile("\\s*// (.*)");
  private static final Pattern DECLARATION = Pattern.compile("(?:[\\w.]+(?:<.*>|\\[])? )(\\w+) = .*");
  private static final Pattern METHOD = Pattern.compile("\\s*(?:public |default |static |final |abstract )*[\\w.<>?\\[\\], @]+? (\\w+)\\(.*");

  static List<Example> in(Path file) {
    try {
      List<String> text = Files.readAllLines(file);
      return file.toString().endsWith(".md") ? List.of(page(file, text)) : in(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Example> in(Path file, List<String> text) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      if (text.get(i).strip().equals("/// ```java")) {
        List<String> lines = new ArrayList<>();
        int first = i + 2;
        for (i++; !text.get(i).strip().equals("/// ```"); i++) {
          lines.add(text.get(i).strip().replaceFirst("/// ?", ""));
        }
        examples.add(new Example(file, first, lines, methodAfter(text, i)));
      }
    }
    return examples;
  }

  /// The lines of code where they are on the page; all others are empty.
  private static Example page(Path file, List<String> text) {
    List<String> lines = new ArrayList<>();
    boolean code = false;
    for (String line : text) {
      code = line.startsWith("```") ? line.equals("```java") : code;
      lines.add(code && !line.startsWith("```") ? line : "");
    }
    return new Example(file, 1, lines, null);
  }

  private static @Nullable String methodAfter(List<String> text, int line) {
    int i = line;
    while (text.get(i).strip().startsWith("///") || text.get(i).strip().startsWith("@")) {
      i++;
    }
    Matcher matcher = METHOD.matcher(text.get(i));
    return matcher.matches() ? matcher.group(1) : null;
  }

  /// The example as statements, each on the line that it has here, with checks of what it says to print.
  List<String> statements() {
    List<String> statements = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher printed = PRINTED.matcher(lines.get(i));
      if (!printed.matches()) {
        statements.add(lines.get(i));
        continue;
      }
      StringBuilder text = new StringBuilder(printed.group(2));
      int next = i + 1;
      for (; next < lines.size() && CONTINUED.matcher(lines.get(next)).matches(); next++) {
        text.append("\\n").append(lines.get(next).replaceFirst("\\s*// ", ""));
      }
      statements.add(checked(printed.group(1), text.toString()));
      for (; i + 1 < next; i++) {
        statements.add("");
      }
    }
    return statements;
  }

  private static String checked(String code, String text) {
    Matcher declaration = DECLARATION.matcher(code);
    return declaration.matches()
        ? String.format(Locale.ROOT, "%s; check(%s, \"%s\");", code, declaration.group(1), text)
        : String.format(Locale.ROOT, "check(%s, \"%s\");", code, text);
  }
}
