package org.teenygrad.train;

import java.io.PrintStream;
import java.util.Locale;

/// A training's progress as lines of text.
record ProgressLines(PrintStream out, int every) implements Callback {
  ProgressLines {
    if (every < 1) {
      throw new IllegalArgumentException("a line every " + every + " iterations: it must be at least 1");
    }
  }

  @Override
  public void step(Step step) {
    if (step.iteration() % every == 0) {
      out.printf(Locale.ROOT, "iteration %d: loss %.4f, %.1f ms%n", step.iteration(), step.loss(), step.millis());
    }
  }

  @Override
  public void warned(String sentence) {
    out.println(sentence);
  }

  @Override
  public void evaluated(Evaluation evaluation) {
    out.println(evaluation);
  }
}
