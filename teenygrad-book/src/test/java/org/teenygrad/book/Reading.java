package org.teenygrad.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.teenygrad.Tensor;

/// What a reader of a program gets.
public record Reading(List<Claim> claims, String text, List<Path> pictures) {

  /// Runs a program whose pictures go to a folder, with the seed that the command takes.
  public static Reading of(Program program, Path folder) throws IOException {
    return of(program, folder, Optional.empty());
  }

  /// @param data what the reader gives in place of the program's own data
  public static Reading of(Program program, Path folder, Optional<Path> data) throws IOException {
    Tensor.manualSeed(1337);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Page page = new Page(new PrintStream(bytes, true, StandardCharsets.UTF_8), folder, data);
    program.run(page);
    try (Stream<Path> files = Files.list(folder)) {
      return new Reading(page.claims(), bytes.toString(StandardCharsets.UTF_8), files.sorted().toList());
    }
  }

  /// All that was claimed holds, and something was.
  public Reading holds() {
    assertThat(claims).isNotEmpty().allSatisfy(claim -> assertThat(claim.holds()).as(claim.toString()).isTrue());
    return this;
  }

  /// The number that was measured under a text.
  public double measured(String text) {
    return claims.stream().filter(claim -> claim.text().equals(text)).findFirst().orElseThrow().measured();
  }
}
