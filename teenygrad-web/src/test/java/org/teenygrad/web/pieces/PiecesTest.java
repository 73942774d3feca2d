package org.teenygrad.web.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.ExpressionView;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.SourceLines;
import org.teenygrad.plot.Plot;

class PiecesTest {
  private final Tensor x = Tensor.arange(24).reshape(2, 3, 4);

  @Test
  void aStripSaysWhereAViewsElementsLie() {
    assertThat(Strip.of(x, x.transpose(0, 2)).told()).containsEntry("shape", List.of(4, 3, 2)).containsEntry("strides", List.of(1L, 4L, 12L)).containsEntry("offset", 0L).containsEntry("copy", false)
        .containsEntry("values", IntStream.range(0, 24).mapToObj(Integer::toString).toList());
    Strip copy = Strip.of(x, x.transpose(0, 2).reshape(24));
    assertThat(copy.isCopy()).isTrue();
    assertThat(copy.values()).startsWith("0", "12", "4", "16");
    assertThatThrownBy(() -> Strip.of(Tensor.arange(500), Tensor.arange(500))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at most 400");
  }

  @Test
  void aFilmIsShownWhileItIsMade() {
    List<Map<String, ?>> shown = new ArrayList<>();
    Film.showOn(shown::add);
    Film film = Film.of("a film").frame("first", Plot.of("")).frame("second", Plot.of(""));
    Film.showOn(_ -> {});
    assertThat(shown).extracting(frame -> String.valueOf(frame.get("caption"))).containsExactly("first", "second");
    assertThat(shown.getFirst().get("film")).isEqualTo(film.told().get("film"));
    assertThat(film.size()).isEqualTo(2);
    IntStream.range(2, 500).forEach(i -> film.frame("", Plot.of("")));
    assertThatThrownBy(() -> film.frame("", Plot.of(""))).isInstanceOf(IllegalStateException.class).hasMessageContaining("500");
  }

  @Test
  void stepsHaveValuesAndGradientsOfOneNumber() {
    Tensor u = Tensor.of(9.0).requiresGrad();
    assertThat(GraphSteps.of(u.exp().square()).dot()).contains("value 8103.08").contains("grad 1.0");
    assertThatThrownBy(() -> GraphSteps.of(x)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("one number");
  }

  @Test
  void kernelsStandBelowTheCeilingsOfThisMachine() {
    Tensor a = Tensor.randn(64, 64).realize();
    Map<String, ?> told = MachineRoofline.of(Profile.of(() -> a.matmul(a).realize())).told();
    assertThat((List<?>) told.get("kernels")).singleElement().asString().contains("flops=" + 2.0 * 64 * 64 * 64);
    assertThat((List<?>) told.get("ceilings")).hasSize(7).allSatisfy(ceiling -> assertThat((Double) ((Map<?, ?>) ceiling).get("perSecond")).isPositive());
  }

  @Test
  void textIsAnsweredByTheFunctionOfItsNumber() {
    TextInput input = TextInput.of("ab", text -> List.of(Plot.of("length " + text.length())));
    Map<String, ?> told = input.told();
    assertThat((List<?>) told.get("pictures")).singleElement().asString().contains("length 2");
    int number = Integer.parseInt(String.valueOf(told.get("number")));
    assertThat(TextInput.answer(number, "abc")).singleElement().asString().contains("length 3");
    assertThatThrownBy(() -> TextInput.answer(-1, "")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("run the cell again");
    assertThatThrownBy(() -> TextInput.answer(number, "x".repeat(2001))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2000");
  }

  @Test
  void nodesHaveTheLinesThatMadeThemAndSoHaveTheirDerivatives() {
    SourceLines.record();
    Tensor w = Tensor.of(0.5f, 3f).requiresGrad();
    Tensor y = w.mul(2).exp(); // the line that is looked for
    int line = StackWalker.getInstance().walk(frames -> frames.findFirst().orElseThrow()).getLineNumber() - 1;
    ExpressionView view = ExpressionView.of(y);
    assertThat(view.line(view.size() - 1)).hasValueSatisfying(frame -> {
      assertThat(frame.getFileName()).isEqualTo("PiecesTest.java");
      assertThat(frame.getLineNumber()).isEqualTo(line);
    });
  }

  @Test
  void linesAreNotKeptOfWhatRepeatsItself() {
    SourceLines.record();
    Tensor a = Tensor.randn(17, 19).realize();
    for (int i = 0; i < 300; i++) {
      a.mul(Tensor.of((float) i)).realize();
    }
    ExpressionView repeated = ExpressionView.of(a.sub(5));
    assertThat(repeated.line(repeated.size() - 1)).isEmpty();
    a.add(7).tanh().realize(); // something new
    ExpressionView later = ExpressionView.of(a.sub(6));
    assertThat(later.line(later.size() - 1)).isPresent();
  }
}
