package org.teenygrad.models.nanogpt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.teenygrad.data.CharTokenizer;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;

/// The folder that a training writes.
///
/// | file | what |
/// | --- | --- |
/// | `checkpoint.safetensors` | all that it takes to go on: weights, optimizer, random numbers, settings |
/// | `model.safetensors` | the weights with the lowest validation loss so far; [#model] reads it |
/// | `config.json` | the settings and where the training stands, for people |
/// | `log.csv` | the losses of each iteration, and the norm of its gradients |
/// | `samples.jsonl` | what the model wrote at each evaluation, where somebody had it write |
/// | `loss.svg` | a picture of them |
///
/// Each is replaced as a whole: a process that is killed leaves the old file or the new one.
public record RunFolder(Path path) {
  public Path checkpoint() {
    return path.resolve("checkpoint.safetensors");
  }

  public Path best() {
    return path.resolve("model.safetensors");
  }

  public Path config() {
    return path.resolve("config.json");
  }

  public Path log() {
    return path.resolve("log.csv");
  }

  public Path picture() {
    return path.resolve("loss.svg");
  }

  /// What the model wrote at evaluations, a line of JSON each: `iteration`, `text`, and `live_bytes`, what tensors on the device took then.
  public Path samples() {
    return path.resolve("samples.jsonl");
  }

  /// Whether a training has left a checkpoint here.
  public boolean hasCheckpoint() {
    return Files.exists(checkpoint());
  }

  /// Makes the folder unless it is there.
  /// @throws FileException if it cannot be made
  void create() {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw FileException.cannotWrite(path, e);
    }
  }

  /// A model that has been trained, and the tokenizer of its text.
  public record Trained(Gpt model, CharTokenizer tokenizer, int iteration) {
    /// The tokens of a prompt.
    /// @throws IllegalArgumentException if a character is not in the vocabulary, naming both
    public int[] encode(String prompt) {
      try {
        return tokenizer.encode(prompt);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "the prompt cannot be read: %s %s",
                e.getMessage(), shown(tokenizer.vocabulary())), e);
      }
    }

    private static String shown(String vocabulary) {
      return "that the model was trained on: " + vocabulary.replace("\n", "\\n").replace("\t", "\\t");
    }
  }

  /// The weights with the lowest validation loss; the last ones where none was ever computed.
  /// @throws FileException if there are none, or they cannot be read
  public Trained model() {
    Checkpoint.Content content = Checkpoint.open(Files.exists(best()) || !hasCheckpoint() ? best() : checkpoint());
    try {
      CharTokenizer tokenizer = CharTokenizer.of(content.facts().vocabulary());
      Gpt model = Gpt.of(content.facts().settings().model(tokenizer.vocabularySize()));
      model.loadStateDict(State.below(Trainer.MODEL, content.tensors()));
      return new Trained(model, tokenizer, content.facts().iteration());
    } catch (IllegalArgumentException e) {
      throw content.misfit(e);
    }
  }
}
