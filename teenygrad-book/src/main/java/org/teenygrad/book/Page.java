package org.teenygrad.book;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Module;

/// What a program writes to: lines for the reader, pictures into a folder, and claims.
///
/// ```java
/// page.say("%d names, %d pairs of letters", names.size(), pairs);
/// page.table(List.of("letter", "count"), List.of(List.of("a", 4_410), List.of("b", 1_306)));
/// page.picture("bigrams", plot::write);
/// page.claim("negative log-likelihood by counting", nll).isNear(2.4540, 0.0005);
/// ```
public final class Page {
  private final PrintStream out;
  private final Path folder;
  private final Optional<Path> data;
  private final List<Claim> claims = new ArrayList<>();
  private Optional<Trained> trained = Optional.empty();

  /// @param folder where pictures go; made if it is missing
  /// @param data what the reader gave in place of the program's own data
  public Page(PrintStream out, Path folder, Optional<Path> data) {
    this.out = out;
    this.folder = folder;
    this.data = data;
  }

  /// The file or folder that the reader gave in place of the program's own data.
  public Optional<Path> data() {
    return data;
  }

  /// Writes a line, formatted as [String#format] does.
  public void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  /// Writes rows under a header; numbers stand at the right, those with fractions as claims write them.
  public void table(List<String> header, List<? extends List<?>> rows) {
    List<List<String>> cells = rows.stream().map(row -> row.stream().map(Page::cell).toList()).toList();
    int[] widths = IntStream.range(0, header.size())
        .map(c -> cells.stream().mapToInt(row -> row.get(c).length()).reduce(header.get(c).length(), Math::max)).toArray();
    boolean[] right = new boolean[header.size()];
    for (int c = 0; c < right.length; c++) {
      right[c] = !rows.isEmpty() && rows.getFirst().get(c) instanceof Number;
    }
    out.println(line(header, widths, right));
    out.println("  " + IntStream.of(widths).mapToObj("-"::repeat).collect(Collectors.joining("  ")));
    cells.forEach(row -> out.println(line(row, widths, right)));
    out.flush();
  }

  private static String line(List<String> cells, int[] widths, boolean[] right) {
    return IntStream.range(0, cells.size())
        .mapToObj(c -> (right[c] ? "%" : "%-").concat(widths[c] + "s").formatted(cells.get(c)))
        .collect(Collectors.joining("  ", "  ", "")).stripTrailing();
  }

  private static String cell(Object value) {
    return switch (value) {
      case Integer n -> String.format(Locale.ROOT, "%,d", n);
      case Long n -> String.format(Locale.ROOT, "%,d", n);
      case Number n -> Claim.number(n.doubleValue());
      default -> value.toString();
    };
  }

  /// Has a picture drawn and says where it is.
  /// @param name of the file, without its ending: `sunrise`
  /// @param drawing writes it: a plot's `write`
  public void picture(String name, Consumer<Path> drawing) {
    Path file = folder.resolve(name + ".svg");
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    drawing.accept(file);
    say("picture: %s", file);
  }

  /// A model that a program has trained.
  /// @param forward what it makes of an input
  /// @param input such as it takes; its first axis is the batch
  public record Trained(Module module, UnaryOperator<Tensor> forward, Tensor input) {}

  /// Keeps the model that the program is about, for whoever wants it when the program is done.
  public void keep(Module module, UnaryOperator<Tensor> forward, Tensor input) {
    trained = Optional.of(new Trained(module, forward, input));
  }

  /// The model that the program has kept.
  public Optional<Trained> trained() {
    return trained;
  }

  /// The chapter's claim: what was measured, to be compared with what it should be.
  public Measured claim(String text, double measured) {
    return new Measured(text, measured);
  }

  /// The claims so far.
  public List<Claim> claims() {
    return Collections.unmodifiableList(claims);
  }

  /// A number that was measured.
  public final class Measured {
    private final String text;
    private final double measured;

    private Measured(String text, double measured) {
      this.text = text;
      this.measured = measured;
    }

    public void isAtLeast(double bound) {
      judge("at least " + Claim.number(bound), measured >= bound);
    }

    public void isAtMost(double bound) {
      judge("at most " + Claim.number(bound), measured <= bound);
    }

    public void isNear(double value, double tolerance) {
      judge(Claim.number(value) + " within " + Claim.number(tolerance), Math.abs(measured - value) <= tolerance);
    }

    private void judge(String wanted, boolean holds) {
      Claim claim = new Claim(text, measured, wanted, holds);
      claims.add(claim);
      say("%s", claim);
    }
  }
}
