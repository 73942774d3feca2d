package org.teenygrad.cli;

import java.io.PrintStream;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.RunFolder;

/// Lets a model continue a text, showing each character as it comes.
record Speech(RunFolder.Trained trained, PrintStream out, Sampling sampling) {
  Speech(RunFolder.Trained trained, PrintStream out) {
    this(trained, out, Gpt.SAMPLING);
  }

  /// The end of a line, as after it anything may begin; where the model never saw one, a letter that it knows.
  static String defaultPrompt(RunFolder.Trained trained) {
    String known = trained.tokenizer().vocabulary();
    return known.contains("\n") ? "\n" : known.substring(0, known.offsetByCodePoints(0, 1));
  }

  void continueText(String prompt, int characters) {
    int[] tokens = trained.encode(prompt);
    out.print(prompt);
    trained.model().generate(tokens, characters, sampling, token -> {
      out.print(trained.tokenizer().decode(token));
      out.flush();
    });
    out.println();
  }
}
