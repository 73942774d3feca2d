package org.teenygrad.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.models.nanogpt.RunFolder;
import org.teenygrad.models.pretrained.Pretrained;
import org.teenygrad.models.pretrained.PretrainedExport;
import org.teenygrad.nanochat.huggingface.ModelExport;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.state.GgufWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `teenygrad export`: a model for other programs.
@Command(
    name = "export",
    description = {
      "Writes a model as llama.cpp (gguf) or Hugging Face's transformers (hf) have theirs; sample, chat and serve read it by --from.",
      "For the ONNX format, see onnx export."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ExportCommand implements Callable<Integer> {
  /// What is written.
  enum Format {
    GGUF,
    HF
  }

  @Mixin private SourceOptions source;

  @Option(names = "--to", paramLabel = "gguf|hf", required = true, description = "A GGUF file, or a folder with config.json, model.safetensors and tokenizer.json.")
  private Format to;

  @Option(names = "--out", paramLabel = "PATH", required = true, description = "The file or folder to write.")
  private Path out;

  @Option(names = "--type", paramLabel = "TYPE",
      description = "Of the matrices: F32, F16, BF16, for gguf also Q8_0, Q4_0 and Q4_K; by default F16 for gguf, F32 for hf, and for nanochat's what it has.")
  private GgufWriter.@Nullable Type type;

  @Option(
      names = {"-s", "--step"},
      paramLabel = "N",
      defaultValue = "-1",
      description = "The iteration of a checkpoint of nanochat's that --keep has kept; by default the best model of the stage.")
  private long step;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    deviceOptions.choose();
    Path from = source.from();
    boolean isNanochat = Pretrained.kind(from) == Pretrained.Kind.OTHER
        && (Files.exists(from.resolve("tokenizer.json")) || !Files.exists(new RunFolder(from).config()) && ModelOptions.folder(from, source.stage()).hasCheckpoint());
    if (isNanochat) {
      writeNanochat(from);
    } else if (to == Format.GGUF) {
      GgufWriter.Type chosen = type == null ? GgufWriter.Type.F16 : type;
      PretrainedExport.gguf(from, chosen, out);
      System.out.printf(Locale.ROOT, "%s: matrices in %s, %,d bytes%n", Printable.of(out), chosen, out.toFile().length());
    } else {
      DType chosen = type == null ? DType.FLOAT32 : dtype(type);
      PretrainedExport.huggingFace(from, chosen, out);
      System.out.println(Printable.of(out) + ": weights in " + chosen);
    }
    return 0;
  }

  private DType dtype(GgufWriter.Type chosen) {
    return switch (chosen) {
      case F32 -> DType.FLOAT32;
      case F16 -> DType.FLOAT16;
      case BF16 -> DType.BFLOAT16;
      default -> throw new ParameterException(spec.commandLine(), "--type " + chosen + " is for gguf; hf takes F32, F16 and BF16");
    };
  }

  private void writeNanochat(Path from) {
    if (to == Format.GGUF || type != null) {
      throw new ParameterException(spec.commandLine(), to == Format.GGUF
          ? "--to gguf: llama.cpp has no model with nanochat's value embeddings, smear and backout; --to hf writes it"
          : "--type: nanochat's models are written in the types that they have");
    }
    ModelFolder folder = ModelOptions.folder(from, source.stage());
    boolean isExported = Pretrained.modelType(from).equals("nanochat");
    TrainedModel trained = isExported ? ModelExport.read(from) : step < 0 ? folder.model() : folder.model(step);
    ModelExport.write(trained, isExported ? ModelExport.tokenizer(from) : folder.tokenizer(), out);
    List<String> unknown = ModelExport.unknownParameters(trained.model());
    System.out.println(Printable.of(out) + ": the model of stage " + trained.stage() + " after " + trained.iteration() + " iterations");
    System.out.println("transformers' NanoChatForCausalLM is an earlier nanochat, without " + unknown.size() + " of these parameters (value embeddings and "
        + "their gates, smear, backout, factors of the residual stream), windows and sharper attention: what it computes with this folder is not this model");
  }
}
