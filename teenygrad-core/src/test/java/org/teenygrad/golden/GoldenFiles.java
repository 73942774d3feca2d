package org.teenygrad.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A file of cases and the file with their tensors.
record GoldenFiles(Path cases, Path tensors) {
  /// All that a path names: `PATH.json` or `PATH.jsonl`, a file with its ending, all of a folder, or all whose names begin like that.
  ///
  /// Tensors are in the safetensors file of the same name; those of `NAME.jsonl` may be in `tensors.safetensors` beside it. A file
  /// of a folder that has none is no file of cases.
  /// @throws IllegalArgumentException if there is none
  static List<GoldenFiles> at(Path path) {
    List<Path> named = named(path);
    List<GoldenFiles> found = named.stream().flatMap(cases -> with(cases, tensors(cases)).stream()).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          named.isEmpty()
              ? String.format(Locale.ROOT, "golden: nothing at %s: neither a folder nor %s*.json or .jsonl",
                  path, path.getFileName())
              : String.format(Locale.ROOT,
                  "golden: no tensors for %s: a file of the same name with the ending .safetensors is missing",
                  named.getFirst()));
    }
    return found;
  }

  private static List<GoldenFiles> with(Path cases, @Nullable Path tensors) {
    return tensors == null ? List.of() : List.of(new GoldenFiles(cases, tensors));
  }

  private static List<Path> named(Path path) {
    if (Files.isDirectory(path)) {
      return in(path, "");
    }
    if (Files.isRegularFile(path) && isCases(path)) {
      return List.of(path);
    }
    String name = path.getFileName().toString();
    List<Path> exactly = List.of(path.resolveSibling(name + ".json"), path.resolveSibling(name + ".jsonl"));
    List<Path> present = exactly.stream().filter(Files::isRegularFile).toList();
    return present.isEmpty() ? in(path.toAbsolutePath().getParent(), name) : present;
  }

  private static List<Path> in(@Nullable Path folder, String prefix) {
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(file -> isCases(file) && file.getFileName().toString().startsWith(prefix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isCases(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".json") || name.endsWith(".jsonl");
  }

  boolean areLines() {
    return cases.toString().endsWith(".jsonl");
  }

  private static @Nullable Path tensors(Path cases) {
    String name = cases.getFileName().toString();
    Path own = cases.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".safetensors");
    Path common = cases.resolveSibling("tensors.safetensors");
    return Files.exists(own) ? own : name.endsWith(".jsonl") && Files.exists(common) ? common : null;
  }
}
