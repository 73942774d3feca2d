package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;

/// Tensors that are put one behind the other are computed there.
class ConcatenationTest {
  private static final int SIZE = 64;

  private final Tensor x = Tensor.randn(SIZE, SIZE).realize();

  /// A product of matrices, which has memory of its own.
  private Tensor product(double scale) {
    return x.matmul(x.mul(scale).realize());
  }

  private static List<String> launched(Tensor... results) {
    return Profile.of(() -> Tensor.realize(results)).launches().stream().map(Profile.Launch::description).toList();
  }

  private static float[] values(Tensor tensor) {
    return tensor.contiguous().realize().toFloatArray();
  }

  private static float[] sideBySide(Tensor... parts) {
    float[] all = new float[(int) List.of(parts).stream().mapToLong(part -> part.shape().elements()).sum()];
    int at = 0;
    for (Tensor part : parts) {
      float[] own = values(part.mul(1).contiguous());
      System.arraycopy(own, 0, all, at, own.length);
      at += own.length;
    }
    return all;
  }

  @Test
  void nothingCopiesThem() {
    Tensor all = Tensor.cat(List.of(product(1), product(2), product(3)), 0);
    assertThat(launched(all)).hasSizeLessThanOrEqualTo(3).allMatch(text -> text.startsWith("contract"));
    assertThat(values(all)).containsExactly(sideBySide(product(1), product(2), product(3)));
  }

  @Test
  void thoseOfUnlikeSizesNeither() {
    Tensor few = x.slice(0, 0, 16).matmul(x);
    Tensor all = Tensor.cat(List.of(few, product(2)), 0).matmul(x);
    assertThat(launched(all)).hasSize(3).allMatch(text -> text.startsWith("contract"));
    assertThat(values(all)).containsExactly(sideBySide(x.slice(0, 0, 16).matmul(x).realize().matmul(x), product(2).realize().matmul(x)));
  }

  @Test
  void wholesMayBePartsOfOthers() {
    Tensor two = Tensor.cat(List.of(product(1), product(2)), 0).contiguous();
    Tensor all = Tensor.cat(List.of(two, product(3)), 0);
    assertThat(values(all)).containsExactly(sideBySide(product(1), product(2), product(3)));
  }

  @Test
  void aPartThatAnotherIsMadeFromStaysApart() {
    Tensor first = product(1);
    Tensor all = Tensor.cat(List.of(first, first.matmul(x).softmax(-1).matmul(x)), 0).contiguous();
    assertThat(values(all)).containsExactly(sideBySide(product(1).realize(), product(1).realize().matmul(x).realize().softmax(-1).realize().matmul(x)));
  }

  @Test
  void aPartThatIsAResultStaysApart() {
    Tensor part = product(1);
    Tensor all = Tensor.cat(List.of(part, product(2)), 0).contiguous();
    Tensor.realize(all, part);
    assertThat(values(all)).containsExactly(sideBySide(product(1), product(2)));
    assertThat(values(part)).containsExactly(values(product(1)));
  }

  @Test
  void aPartTwiceIsCopied() {
    Tensor part = product(1);
    assertThat(values(Tensor.cat(List.of(part, part), 0).contiguous())).containsExactly(sideBySide(product(1), product(1)));
  }

  @Test
  void sidesOfRowsAreCopied() {
    Tensor all = Tensor.cat(List.of(product(1), product(2)), 1).contiguous().realize();
    assertThat(values(all.slice(1, SIZE, 2 * SIZE))).containsExactly(values(product(2)));
  }
}
