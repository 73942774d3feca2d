package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.book.Reading;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;

class BertTest {
  @TempDir private Path folder;

  @Test
  void findsMoreWordsThanTheMostFrequentOne() throws IOException {
    Reading reading = Reading.of(new Bert(220, 32, 24, 64, 1, 5e-3), folder);
    assertThat(reading.measured("masked words found in held-out text (%)")).isBetween(9.0, 60.0);
    assertThat(reading.text()).contains("'.', the most frequent word");
    assertThat(reading.pictures()).containsExactly(folder.resolve("bert.svg"));
  }

  @Test
  void asksForAnEighthOrSoAndHidesMostOfThem() {
    Tensor.manualSeed(1);
    Bert.Vocabulary vocabulary = Bert.Vocabulary.of(List.of("the", "the", "sun", "rose"));
    assertThat(vocabulary.words()).containsExactly("the", "rose", "sun", "[RARE]", "[MASK]");
    Bert.Blanks blanks = Bert.Blanks.of(Tensor.ones(200, 100).toInt(), vocabulary);
    assertThat(blanks.answers().eq(1).toDouble().mean().itemDouble()).isCloseTo(0.15, within(0.01));
    assertThat(blanks.ids().eq(vocabulary.mask()).toDouble().mean().itemDouble()).isCloseTo(0.12, within(0.01));
  }

  @Test
  void attentionIsTheLibrarys() {
    Tensor.manualSeed(1);
    Bert.Attention attention = new Bert.Attention(Linear.of(8, 8), Linear.of(8, 8), Linear.of(8, 8), Linear.of(8, 8));
    Tensor x = Tensor.randn(2, 5, 8).mul(3).realize();
    int heads = attention.weights(x).size(1);
    List<Tensor> qkv = Stream.of(attention.q(), attention.k(), attention.v()).map(layer -> layer.forward(x).unflatten(-1, heads, -1).transpose(1, 2)).toList();
    Tensor heard = qkv.get(0).scaledDotProductAttention(qkv.get(1), qkv.get(2)).transpose(1, 2).flatten(2, 3);
    assertThat(attention.forward(x).sub(attention.out().forward(heard)).abs().max().item()).isLessThan(1e-5f);
  }

  /// Exercise 2.4.3: without vectors for places, attention sees a bag of words: if words change places, so do the results, and nothing else.
  @Test
  void attentionAloneKnowsNoOrder() {
    Tensor.manualSeed(1);
    Bert.Block block = Bert.Block.of(8);
    Tensor x = LayerNorm.of(8).forward(Tensor.randn(1, 5, 8)).realize();
    assertThat(block.forward(x.flip(1)).allClose(block.forward(x).flip(1))).isTrue();
    assertThat(block.attention().weights(x).sum(-1).sub(1).abs().max().item()).isLessThan(1e-5f);
  }
}
