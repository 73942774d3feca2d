package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Files that other programs wrote, or that are damaged, with what a reader must say of them.
///
/// `-Dformats=PATH` reads another folder than the one that is kept here. Each folder in it has a `MANIFEST.csv`: a
/// file, its size, and `accept` or `ok` (with its tensors, maybe), or anything else for a file that must be refused.
/// Beside a good file, `NAME.expected.safetensors` has its values. Each file that is not as the manifest says prints a
/// line; so do tensors of types that are not read, which count for nothing.
class FormatsTest {
  /// Verdicts may have any quotes and line ends in them.
  private static final Pattern ROW = Pattern.compile("(?ms)^([^,\\n]+),(\\d+),(.*?)(?=\\s*(\\n[^,\\n]+,\\d+,|\\z))");
  private static final Pattern TENSOR = Pattern.compile("(?s)(.+?):[a-z0-9_]+\\[([0-9, ]*)](?:; |$)");

  @Test
  void everyFileIsReadAsItsManifestSays() throws IOException {
    int rows = 0;
    int deviations = 0;
    for (Path manifest : manifests()) {
      for (Row row : rows(manifest)) {
        rows++;
        for (String deviation : row.deviations()) {
          System.out.println(row.file() + ": " + deviation);
          deviations++;
        }
      }
    }
    System.out.printf(Locale.ROOT, "%d files, %d deviations%n", rows, deviations);
    assertThat(rows).isPositive();
    assertThat(deviations).isZero();
  }

  /// A relative path is meant from where Maven was called; the tests run one folder below.
  private static List<Path> manifests() throws IOException {
    String property = System.getProperty("formats");
    Path folder = property == null ? kept() : Path.of("").toAbsolutePath().resolveSibling(property);
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.endsWith("MANIFEST.csv")).sorted().toList();
    }
  }

  private static Path kept() {
    try {
      return Path.of(Objects.requireNonNull(FormatsTest.class.getResource("/formats")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Row> rows(Path manifest) throws IOException {
    return ROW.matcher(Files.readString(manifest)).results().map(row -> new Row(
        manifest.resolveSibling(row.group(1)), Long.parseLong(row.group(2)), row.group(3).replaceAll("^\"|\"$", "")))
        .toList();
  }

  /// What a manifest says of a file.
  private record Row(Path file, long bytes, String verdict) {

    List<String> deviations() throws IOException {
      List<String> deviations = new ArrayList<>();
      if (Files.size(file) != bytes) {
        deviations.add(String.format(Locale.ROOT, "it has %d bytes instead of %d", Files.size(file), bytes));
      }
      boolean isGood = verdict.startsWith("ok") || verdict.startsWith("accept");
      try (TensorFile opened = TensorFile.open(file)) {
        if (isGood) {
          compareShapes(opened, deviations);
          compareValues(opened, deviations);
        } else {
          deviations.add("it loads, but should not: " + verdict);
        }
      } catch (FileException e) {
        if (isGood) {
          deviations.add("it should load, but: " + e.getMessage());
        }
      }
      return deviations;
    }

    private void compareShapes(TensorFile opened, List<String> deviations) {
      TENSOR.matcher(verdict.startsWith("ok ") ? verdict.substring(3) : "").results().forEach(tensor -> {
        String expected = "[" + tensor.group(2) + "]";
        Shape shape = opened.shapes().get(tensor.group(1));
        String found = shape == null ? "nothing" : Arrays.toString(shape.toArray());
        if (!found.equals(expected)) {
          deviations.add(String.format(Locale.ROOT, "%s is %s instead of %s", tensor.group(1), found, expected));
        }
      });
    }

    private void compareValues(TensorFile opened, List<String> deviations) {
      Map<String, Tensor> expected = expected();
      for (String name : opened.shapes().keySet()) {
        Tensor tensor;
        try {
          tensor = opened.tensor(name);
        } catch (FileException e) {
          System.out.println(e.getMessage());
          continue;
        }
        Tensor values = expected.get(name);
        if (values != null && !isEqual(tensor, values)) {
          deviations.add(name + " has other values than expected");
        }
      }
      expected.keySet().stream().filter(name -> !opened.shapes().containsKey(name))
          .forEach(name -> deviations.add("there is no " + name));
    }

    private Map<String, Tensor> expected() {
      String name = String.valueOf(file.getFileName());
      Path values = file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".expected.safetensors");
      return Files.exists(values) ? State.load(values) : Map.of();
    }

    /// Bit by bit, but that any NaN is NaN, and what was written as float32 may be stored in less.
    private static boolean isEqual(Tensor tensor, Tensor expected) {
      boolean isWidened = expected.dtype() == DType.FLOAT32 && tensor.dtype().isFloating();
      return tensor.shape().equals(expected.shape())
          && (isWidened || tensor.dtype() == expected.dtype())
          && Arrays.equals(tensor.toDoubleArray(), expected.toDoubleArray())
          && (tensor.dtype() != DType.INT64 || Arrays.equals(tensor.toLongArray(), expected.toLongArray()));
    }
  }
}
