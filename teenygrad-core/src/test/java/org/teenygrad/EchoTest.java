package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import jdk.jshell.JShell;
import jdk.jshell.Snippet.Status;
import jdk.jshell.SnippetEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EchoTest {
  private static final String LATER = " on " + Tensor.of(1f).device() + ", not computed yet: ";

  private JShell shell;

  /// Snippets run in this process, so that both sides have the same tensors.
  @BeforeEach
  void open() {
    shell = JShell.builder().executionEngine("local").build();
    shell.addToClasspath(System.getProperty("java.class.path"));
    shell.eval("import org.teenygrad.*;");
  }

  @AfterEach
  void close() {
    shell.close();
  }

  private String echo(String snippet) {
    List<SnippetEvent> events = shell.eval(snippet);
    assertThat(events).allSatisfy(event -> assertThat(event.status()).as(snippet).isEqualTo(Status.VALID));
    return events.getLast().value();
  }

  @Test
  void nothingIsComputedToBeEchoed() {
    assertThat(echo("var x1 = Tensor.of(9f).requiresGrad();")).isEqualTo("9.0");
    echo("var x2 = Tensor.of(10f).requiresGrad();");
    assertThat(echo("var d = x1.exp().mul(x2.sin().square());"))
        .isEqualTo("float32 ()" + LATER + "exp(float32 ()) * (sin(float32 ()) * sin(float32 ()))");
    echo("d.backward();");
    assertThat(echo("x1.grad()")).startsWith("float32 ()" + LATER + "grad(exp(float32 ()) * (");
    assertThat(echo("d.isRealized() || x1.grad().isRealized()")).isEqualTo("false");
  }

  @Test
  void whatWasComputedIsEchoedWithItsValues() {
    echo("var d = Tensor.of(2f).requiresGrad().square();");
    echo("d.item()");
    assertThat(echo("d")).isEqualTo("4.0");
    assertThat(echo("Tensor.of(1, 2).add(1).realize()")).isEqualTo("[2 3]");
  }

  @Test
  void whatASnippetPrintsItselfIsComputed() {
    assertThat(echo("Tensor.of(1, 2).add(1).toString()")).isEqualTo("\"[2 3]\"");
    assertThat(echo("\"\" + Tensor.of(1, 2).add(1)")).isEqualTo("\"[2 3]\"");
  }

  @Test
  void collectionsOfTensorsAreNotComputedEither() {
    assertThat(echo("java.util.List.of(Tensor.of(2f).exp())")).isEqualTo("[float32 ()" + LATER + "exp(float32 ())]");
    assertThat(echo("new Tensor[] {Tensor.of(2f).exp()}")).contains("not computed yet: exp(float32 ())");
  }

  @Test
  void expressionsAreShort() {
    assertThat(echo("Tensor.randn(2, 3)")).isEqualTo("float32 (2, 3)" + LATER + "random");
    assertThat(echo("Tensor.ones(2, 3).matmul(Tensor.rand(3, 2).realize()).add(1).exp()"))
        .isEqualTo("float32 (2, 2)" + LATER + "exp(sum(1.0 * float32 (3, 2)) + 1.0)");
    echo("var y = Tensor.rand(2).realize();");
    shell.eval("for (int i = 0; i < 5000; i++) y = y.mul(y).add(y.exp());");
    assertThat(echo("y")).contains("...").hasSizeLessThan(400);
  }
}
