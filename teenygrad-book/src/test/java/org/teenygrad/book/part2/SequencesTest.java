package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.book.Reading;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Recurrent;

class SequencesTest {
  @TempDir private Path folder;

  @Test
  void readersOfNamesGainOverPairsOfLetters() throws IOException {
    Reading reading = Reading.of(new Sequences(Sequences.Which.GRU, 120, 64, 32, 1, 1e-2), folder).holds();
    assertThat(reading.measured("what the weakest gains over pairs of letters (nats)")).isBetween(0.0, 0.5);
    assertThat(reading.pictures()).containsExactly(folder.resolve("sequences.svg"));
  }

  @Test
  void cellsAreTheLibrarys() {
    Tensor.manualSeed(1);
    Tensor names = Tensor.of(new int[] {0, 1, 2, 3, 0, 9, 8, 7}, 2, 4);
    assertThat(List.of(Sequences.Which.RNN, Sequences.Which.LSTM, Sequences.Which.GRU)).allSatisfy(kind -> {
      Sequences.Recurrent model = Sequences.Recurrent.of(kind, 8);
      Recurrent.Cell cell = new Recurrent.Cell(model.input().weight(), model.state().weight(), model.input().bias(), model.state().bias());
      Recurrent library = new Recurrent(Recurrent.Kind.valueOf(kind.name()), List.of(cell), false);
      Tensor expected = model.output().forward(library.forward(model.letters().forward(names)));
      assertThat(model.forward(names).sub(expected).abs().max().item()).isLessThan(1e-5f);
    });
  }

  /// Seen once, and 27 letters a tenth more often: each of the three pairs of `.ab.` has the probability 1.1 / 3.7.
  @Test
  void pairsAreCountedATenthMoreOften() {
    assertThat(Sequences.bigramLoss(List.of("ab"), List.of("ab", "ab"))).isCloseTo(Math.log(3.7 / 1.1), within(1e-12));
  }

  /// Exercise 2.4.2: what a model says of a letter does not change when later letters do; a model that failed this would learn to copy.
  @Test
  void noLetterSeesALaterOne() {
    Tensor.manualSeed(1);
    Tensor name = Tensor.of(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, 1, 8);
    Tensor other = Tensor.of(new int[] {0, 1, 2, 3, 9, 9, 9, 9}, 1, 8);
    List<Sequences.Model> models = List.of(
        new Sequences.Cnn(Embedding.of(27, 8), IntStream.of(1, 2).mapToObj(d -> Sequences.Cnn.Dilated.of(8, d)).toList(), Linear.of(8, 27)),
        Sequences.Recurrent.of(Sequences.Which.RNN, 8), Sequences.Recurrent.of(Sequences.Which.LSTM, 8), Sequences.Recurrent.of(Sequences.Which.GRU, 8),
        new Sequences.Transformer(Embedding.of(27, 8), Embedding.of(8, 8), List.of(Sequences.Transformer.Block.of(8)), LayerNorm.of(8), Linear.of(8, 27)));
    assertThat(models).allSatisfy(model -> {
      Tensor difference = model.forward(name).sub(model.forward(other)).abs().max(-1).select(0, 0);
      assertThat(difference.slice(0, 0, 4).max().item()).isLessThan(1e-5f);
      assertThat(difference.slice(0, 4, 8).min().item()).isGreaterThan(1e-4f);
    });
  }
}
