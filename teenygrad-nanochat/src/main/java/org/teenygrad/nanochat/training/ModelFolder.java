package org.teenygrad.nanochat.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
/// | `checkpoint-000250.safetensors` | that of an earlier iteration, if more than one is kept |
/// | `model.safetensors` | the weights with the fewest bits per byte of the text for validation so far, under nanochat's names |
/// | `config.json` | the settings and where the training stands, for people |
/// | `log.csv` | the losses of each iteration |
/// | `loss.svg` | a picture of them |
/// | `samples.jsonl` | what the model wrote at each evaluation, where somebody had it write |
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

  /// The checkpoint after so many iterations, if it was kept.
  public Path checkpoint(long iteration) {
    return path().resolve(String.format(Locale.ROOT, "checkpoint-%06d.safetensors", iteration));
  }

  /// @throws IllegalArgumentException if it was not kept; says which were
  Path requireCheckpoint(long iteration) {
    Path file = checkpoint(iteration);
    if (!Files.exists(file)) {
      List<Long> kept = Files.isDirectory(path()) ? new CheckpointHistory(this).iterations() : List.of();
      throw new IllegalArgumentException("no checkpoint of iteration " + iteration + " is kept in " + path()
          + (kept.isEmpty() ? ": --keep 2 keeps more than the last one" : ", only those of " + kept));
    }
    return file;
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

  public Path samples() {
    return path().resolve("samples.jsonl");
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

  /// The model as it was after so many iterations.
  /// @throws IllegalArgumentException if that checkpoint was not kept
  /// @throws FileException if it cannot be read
  public TrainedModel model(long iteration) {
    return TrainedModel.read(requireCheckpoint(iteration));
  }

  /// The model with the fewest bits per byte of the text for validation; the last one where they were never computed.
  /// @throws FileException if there is none, or it cannot be read
  public TrainedModel model() {
    return TrainedModel.read(Files.exists(best()) || !hasCheckpoint() ? best() : checkpoint());
  }
}
