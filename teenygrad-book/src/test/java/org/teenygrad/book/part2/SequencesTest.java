package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;

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

class SequencesTest {
  @TempDir private Path folder;

  @Test
  void readersOfNamesGainOverPairsOfLetters() throws IOException {
    Reading reading = Reading.of(new Sequences(Sequences.Which.GRU, 120, 64, 32, 1, 1e-2), folder).holds();
    assertThat(reading.measured("what the weakest gains over pairs of letters (nats)")).isBetween(0.0, 0.5);
    assertThat(reading.pictures()).containsExactly(folder.resolve("sequences.svg"));
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
