package org.teenygrad.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.World;
import org.teenygrad.nanochat.base.BaseSettings;
import org.teenygrad.nanochat.base.BaseTrainer;
import org.teenygrad.nanochat.base.MemoryPlan;
import org.teenygrad.nanochat.base.TrainingPlan;
import org.teenygrad.nanochat.data.Documents;
import org.teenygrad.nanochat.evaluation.WrittenSamples;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.web.ProgramView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat base-train`: from documents to a model that continues them.
@Command(
    name = "base-train",
    description = {
      "Trains a model on documents; all of it follows from --depth.",
      "On a CPU: --depth 4 --max-seq-len 512 --device-batch-size 1 --total-batch-size 512 --num-iterations 20 --eval-tokens 512",
      "Ctrl-C saves, and --init-from resume goes on."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatBaseTrain implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "PATH",
      arity = "1..*",
      required = true,
      description = "Files, or folders of them, as tok-train's. The last file, or each tenth document of a single one, is for validation.")
  private List<Path> data;

  @Option(names = "--tokenizer", paramLabel = "FILE", description = "By default tokenizer.json in --out, where tok-train has written it.")
  private @Nullable Path tokenizer;

  @Option(names = "--plan", description = "Only say what would be trained, for how long, and in how much memory.")
  private boolean planOnly;

  @Mixin private StageOptions options;
  @Mixin private DeviceOptions deviceOptions;
  @Mixin private Ranks ranks;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (planOnly || ranks.isFake()) {
      return plan();
    }
    deviceOptions.apply(); // before anybody asks where this rank computes
    return ranks.call(spec.root().commandLine().getParseResult().originalArgs(), this::train);
  }

  private int plan() {
    Map<String, Object> given = SettingOptions.given(spec, BaseSettings.class);
    NanochatTokenizer tokens = tokens(options.folder(Stage.BASE));
    TrainingPlan plan = TrainingPlan.of(BaseSettings.DEFAULT.with(given), tokens.vocabularySize());
    PrintStream screen = options.screen();
    if (!ranks.isFake()) {
      return new BasePlan(plan, deviceOptions.choose()).say(screen, options.json());
    }
    deviceOptions.apply();
    World world = ranks.fake();
    BasePlan.describe(screen, plan, 0);
    FakeWorld planned = new FakeWorld(world, Cluster.H200, MemoryPlan.step(plan, world));
    planned.say(screen, plan.totalBatchSize(), plan.settings().deviceBatchSize() % world.size() == 0);
    if (options.json()) {
      System.out.println(planned.json(plan.totalBatchSize()));
    }
    return 0;
  }

  private NanochatTokenizer tokens(ModelFolder folder) {
    return tokenizer == null ? folder.tokenizer() : TokenizerFiles.read(tokenizer);
  }

  private int train(World world) {
    PrintStream screen = world.rank() == 0 ? options.screen() : new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Map<String, Object> given = SettingOptions.given(spec, BaseSettings.class);
    ModelFolder folder = options.folder(Stage.BASE);
    NanochatTokenizer tokens = tokens(folder);
    Documents.files(data); // what is not there is told before anything is planned
    if (!options.resumes(folder)) {
      TrainingPlan.of(BaseSettings.DEFAULT.with(given), tokens.vocabularySize()); // as are wrong settings
    }
    ProgramView.trainsIn(folder.path());
    Device device = deviceOptions.choose();
    screen.println("device: " + device + (world.size() > 1 ? ", " + world.size() + " ranks" : ""));
    BaseTrainer trainer = options.resumes(folder)
        ? BaseTrainer.resume(options.saved(folder, tokens), saved -> saved.with(given), data, tokens, folder)
        : BaseTrainer.start(BaseSettings.DEFAULT.with(given), data, tokens, folder);
    trainer.ranks(world).show(WrittenSamples.of(folder, tokens, trainer.plan().settings().dtype(), trainer.iteration() == 0));
    TrainingPlan plan = trainer.plan();
    BasePlan.describe(screen, plan, trainer.iteration());
    if (world.size() == 1) {
      new BasePlan(plan, device).requireRoom(screen);
    }
    if (world.rank() == 0) {
      options.sayReplaced(folder);
    }
    return new StageRun(screen, (Main) spec.root().userObject(), folder, device, options.json() && world.rank() == 0).train(
        trainer::train, plan.config(),
        new ProgressPrinter.Run(trainer.iteration(), plan.iterations(), plan.totalBatchSize(), plan.settings().logEvery()));
  }
}
