package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Holds `docs/reference/pytorch.md` to the library. Whoever adds a function of PyTorch's writes the page anew:
/// ```
/// ./mvnw -Dfast -pl teenygrad-core test -Dtest=PyTorchPageTest -Dpytorch.page=write
/// ```
class PyTorchPageTest {
  private static final Path PAGE = Path.of("../docs/reference/pytorch.md");

  private final PyTorchPage page = new PyTorchPage();

  @Test
  void everyMappedNameExists() {
    assertThat(page.broken()).isEmpty();
    assertThat(page.unknown()).isEmpty();
  }

  @Test
  void thePageIsWhatTheTablesSay() throws IOException {
    if ("write".equals(System.getProperty("pytorch.page"))) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page.text());
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page.text());
  }

  @Test
  void mostOfPyTorchIsHere() {
    assertThat(page.share("torch.nn.functional")).isGreaterThan(0.9);
    assertThat(page.share("torch.optim.lr_scheduler")).isEqualTo(1);
    assertThat(page.share("torch.optim")).isGreaterThan(0.9);
  }
}
