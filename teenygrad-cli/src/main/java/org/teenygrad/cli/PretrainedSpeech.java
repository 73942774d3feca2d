package org.teenygrad.cli;

import java.io.PrintStream;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Generation;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.pretrained.Pretrained;

/// Lets a model that others trained go on with tokens, showing each as it comes.
final class PretrainedSpeech {
  private final Pretrained trained;
  private final Engine engine;
  private final PrintStream out;

  PretrainedSpeech(Pretrained trained, MatmulPrecision precision, PrintStream out) {
    this.trained = trained;
    this.out = out;
    engine = Engine.of(trained.model(), 1, precision);
  }

  /// The tokens of a text that is to be continued.
  int[] begun(String text) {
    return IntStream.concat(IntStream.of(trained.beginning()), IntStream.of(trained.tokenizer().encode(text))).toArray();
  }

  /// @param stop asked before each token
  /// @return what was said
  String say(int[] prompt, int most, Sampling sampling, BooleanSupplier stop) {
    IntStream.Builder said = IntStream.builder();
    Request request = Request.of(prompt, most, sampling).withState(RowState.endingWith(trained.ends())).withSink(token -> {
      if (IntStream.of(trained.ends()).noneMatch(end -> end == token.token())) {
        said.add(token.token());
        out.writeBytes(trained.tokenizer().decodeBytes(token.token())); // parts of characters, too
        out.flush();
      }
    });
    Generation generation = engine.submit(request);
    while (!generation.isFinished()) {
      if (stop.getAsBoolean()) {
        generation.cancel();
      }
      engine.step();
    }
    out.println();
    return trained.tokenizer().decode(said.build().toArray());
  }
}
