package org.teenygrad.cli;

import java.nio.file.Path;
import java.util.List;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.nanochat.huggingface.ModelExport;
import org.teenygrad.nanochat.training.TrainedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad nanochat export`: a model for other programs.
@Command(
    name = "export",
    description = "Writes a model as Hugging Face's transformers has its own: config.json, model.safetensors, tokenizer.json. chat and eval read it by --from.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatExport implements Runnable {
  @Option(names = "--to", paramLabel = "DIR", required = true, description = "Where the files go.")
  private Path to;

  @Mixin private ModelOptions model;
  @Mixin private DeviceOptions deviceOptions;

  @Override
  public void run() {
    deviceOptions.choose();
    TrainedModel trained = model.trained();
    ModelExport.write(trained, model.folder().tokenizer(), to);
    List<String> unknown = ModelExport.unknownParameters(trained.model());
    System.out.println(Printable.of(to) + ": the model of stage " + trained.stage() + " after " + trained.iteration() + " iterations");
    System.out.println("transformers' NanoChatForCausalLM is an earlier nanochat, without " + unknown.size() + " of these parameters (value embeddings and "
        + "their gates, smear, backout, factors of the residual stream), windows and sharper attention: what it computes with this folder is not this model");
  }
}
