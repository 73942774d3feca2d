package org.teenygrad.nanochat.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.state.FileException;

/// The folder of a model at one of its stages. The base model's files are in `out` itself, those of later stages in `out/sft` and `out/rl`;
/// all have the tokenizer in `out`.
///
/// | file | what |
/// | --- | --- |
/// | `tokenizer.json` | the tokenizer |
/// | `checkpoint.safetensors` | all that it takes to go on: weights, optimizer, position in the data, random numbers, settings |
/// | `model.safetensors` | the weights with the lowest validation loss so far, under nanochat's names |
/// | `config.json` | the settings and where the training stands, for people |
/// | `log.csv` | the losses of each iteration |
/// | `loss.svg` | a picture of them |
/// | `evaluation.csv` | what the model can do, by task |
///
/// Each is replaced as a whole: a process that is killed leaves the old file or the new one.
///
/// @param out what the `--out` of commands names
public record ModelFolder(Path out, Stage stage) {
  /// The folder of a stage.
  public static ModelFolder of(Path out, Stage stage) {
    return new ModelFolder(out, stage);
  }

  /// The same model at another stage.
  public ModelFolder at(Stage other) {
    return new ModelFolder(out, other);
  }

  /// Where this stage's files are.
  public Path path() {
    return stage == Stage.BASE ? out : out.resolve(stage.toString());
  }

  /// The tokenizer that is trained into this folder.
  public Path tokenizerFile() {
    return out.resolve("tokenizer.json");
  }

  public Path checkpoint() {
    return path().resolve("checkpoint.safetensors");
  }

  public Path best() {
    return path().resolve("model.safetensors");
  }

  public Path config() {
    return path().resolve("config.json");
  }

  public Path log() {
    return path().resolve("log.csv");
  }

  public Path picture() {
    return path().resolve("loss.svg");
  }

  public Path evaluation() {
    return path().resolve("evaluation.csv");
  }

  /// Whether a training has left a checkpoint here.
  public boolean hasCheckpoint() {
    return Files.exists(checkpoint());
  }

  /// Makes the folder unless it is there.
  /// @throws FileException if it cannot be made
  public void create() {
    try {
      Files.createDirectories(path());
    } catch (IOException e) {
      throw FileException.cannotWrite(path(), e);
    }
  }

  /// @throws IllegalArgumentException if there is none, or it is of another kind
  public NanochatTokenizer tokenizer() {
    return TokenizerFiles.read(tokenizerFile());
  }

  /// The model with the lowest validation loss; the last one where none was ever computed.
  /// @throws FileException if there is none, or it cannot be read
  public TrainedModel model() {
    return TrainedModel.read(Files.exists(best()) || !hasCheckpoint() ? best() : checkpoint());
  }
}
