package org.teenygrad.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PageTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Page page = new Page(new PrintStream(bytes, true, StandardCharsets.UTF_8), Path.of("."), Optional.empty());

  @Test
  void tablesStandInColumns() {
    page.table(List.of("letter", "count", "share"), List.of(List.of("a", 4_410, 0.25), List.of("bb", 6, 1e-5)));
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).containsExactly(
        "  letter  count    share",
        "  ------  -----  -------",
        "  a       4,410   0.2500",
        "  bb          6  1.0e-05");
  }

  @Test
  void claimsAreJudged() {
    page.claim("nll", 2.4541).isNear(2.4540, 0.0005);
    page.claim("accuracy", 0.74).isAtLeast(0.75);
    page.claim("difference", Double.NaN).isAtMost(1);
    assertThat(page.claims()).extracting(Claim::holds).containsExactly(true, false, false);
    assertThat(bytes.toString(StandardCharsets.UTF_8)).contains(
        "[holds] nll: 2.4541 (2.4540 within 5.0e-04)", "[FAILS] accuracy: 0.7400 (at least 0.7500)", "[FAILS] difference: NaN (at most 1)");
  }
}
