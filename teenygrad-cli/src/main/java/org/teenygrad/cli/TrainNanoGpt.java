package org.teenygrad.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.models.nanogpt.Corpus;
import org.teenygrad.models.nanogpt.Evaluation;
import org.teenygrad.models.nanogpt.Preset;
import org.teenygrad.models.nanogpt.RunFolder;
import org.teenygrad.models.nanogpt.TrainResult;
import org.teenygrad.models.nanogpt.TrainSettings;
import org.teenygrad.models.nanogpt.Trainer;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.web.ProgramView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad train nanogpt`: from a text to a model that continues it.
@Command(
    name = "nanogpt",
    description = {
      "Trains a small GPT on the characters of a text and lets it speak.",
      "Without options: on stories that come with teenygrad, in minutes.",
      "Ctrl-C saves, and --init-from resume goes on."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Presets:",
      "  shakespeare-char-cpu  4 blocks of 128; the default",
      "  shakespeare-char      6 blocks of 384, for a GPU",
      "  gpt2                  12 blocks of 768, GPT-2's shape; tokens are characters"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TrainNanoGpt implements Callable<Integer> {
  private static final int SPOKEN_CHARACTERS = 400;

  enum InitFrom {
    SCRATCH,
    RESUME,
    AUTO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(names = "--data", paramLabel = "FILE", description = "Any text in UTF-8; by default stories that come with teenygrad.")
  private @Nullable Path data;

  @Option(names = "--preset", paramLabel = "NAME", converter = PresetName.class,
      description = "Settings by name, see below; options change single ones.")
  private @Nullable Preset preset;

  @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/nanogpt", description = "Where to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--init-from",
      paramLabel = "scratch|resume|auto",
      defaultValue = "scratch",
      description = "Begin anew, or go on with the checkpoint in --out and its settings; auto goes on where there is one.")
  private InitFrom initFrom;

  @Option(
      names = "--eval-only",
      paramLabel = "true|false",
      arity = "0..1",
      defaultValue = "false",
      fallbackValue = "true",
      description = "Only say how good the model is.")
  private boolean evalOnly;

  @Option(names = "--json", description = "End with one line of JSON on stdout; all else goes to stderr.")
  private boolean json;

  @Option(names = "--tensor-parallel", paramLabel = "N", defaultValue = "1",
      description = "How many of --devices share the blocks of a model, each with some heads, rather than a batch (default: 1).")
  private int tensorParallel;

  @Mixin private DeviceOptions deviceOptions;
  @Mixin private Ranks ranks;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    deviceOptions.apply(); // before anybody asks where this rank computes
    if (ranks.isFake()) {
      return planned(ranks.fake());
    }
    return ranks.call(spec.commandLine().getParent().getParent().getParseResult().originalArgs(), this::train);
  }

  /// Says what an iteration would take of a rank.
  private int planned(World world) {
    PrintStream out = json ? System.err : System.out;
    TrainSettings settings = settings(SettingOptions.given(spec, TrainSettings.class));
    Corpus corpus = data == null ? Corpus.stories() : Corpus.of(data.toAbsolutePath());
    FakeWorld plan = new FakeWorld(world, Cluster.H200, Trainer.plan(settings, corpus.tokenizer().vocabularySize(), world, tensorParallel));
    plan.say(out, settings.tokensPerIteration(), settings.batchSize() % (world.size() / tensorParallel) == 0);
    if (json) {
      System.out.println(plan.json(settings.tokensPerIteration()));
    }
    return 0;
  }

  private int train(World world) {
    boolean leads = world.rank() == 0;
    PrintStream out = leads ? json ? System.err : System.out : new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Main main = (Main) spec.root().userObject();
    Map<String, Object> given = SettingOptions.given(spec, TrainSettings.class);
    if (!resumes()) {
      settings(given); // wrong ones are told before anything else happens
    }
    ProgramView.trainsIn(this.out);
    Device device = deviceOptions.choose();
    out.println("device: " + device + (world.size() > 1 ? ", " + world.size() + " ranks" : ""));
    Trainer trainer = trainer(given).ranks(world, tensorParallel);
    describe(out, trainer);
    if (evalOnly) {
      return evaluateOnly(out, trainer, device, leads);
    }
    RunFolder folder = new RunFolder(this.out);
    if (!resumes() && folder.hasCheckpoint()) {
      out.println("the earlier training in " + Printable.of(this.out) + " will be replaced");
    }
    trainer.show(new ModelTexts(trainer.corpus().tokenizer(), folder.samples(), trainer.iteration() == 0));
    ProgressPrinter progress = new ProgressPrinter(out, ProgressPrinter.Run.of(trainer.settings(), trainer.iteration()));
    TrainResult result;
    try (Interrupt.Listening _ = main.interrupt().listen(progress::stopping)) {
      result = trainer.train(progress, main.interrupt()::isRequested);
    } catch (OutOfMemoryError e) {
      throw new Failures.HeapExhausted(e);
    } finally {
      progress.end();
    }
    if (result.stopped()) {
      out.println(progress.lastSaved() == null
          ? "stopped; nothing new to save"
          : String.format(Locale.ROOT,
              "stopped after iteration %d and saved %s: go on with --out %s --init-from resume",
              result.iterations(), progress.lastSaved(), Printable.of(this.out)));
      return main.interrupt().status();
    }
    if (!leads) {
      return 0;
    }
    speak(out, folder);
    out.printf(
        Locale.ROOT,
        "%n%d iterations in %.1f s. Files in %s: model.safetensors, checkpoint.safetensors, config.json, log.csv, loss.svg%n",
        result.iterations(), result.seconds(), Printable.of(this.out));
    out.printf(Locale.ROOT, "More text: teenygrad sample --from %s%n", Printable.of(this.out));
    if (json) {
      System.out.println(JsonText.oneLine(facts(result, trainer, device)));
    }
    return 0;
  }

  private boolean resumes() {
    return initFrom == InitFrom.RESUME || initFrom == InitFrom.AUTO && new RunFolder(out).hasCheckpoint();
  }

  private TrainSettings settings(Map<String, Object> given) {
    return (preset == null ? Preset.SHAKESPEARE_CHAR_CPU : preset).settings().with(given);
  }

  private Trainer trainer(Map<String, Object> given) {
    RunFolder folder = new RunFolder(out);
    if (!resumes()) {
      return Trainer.start(settings(given), data == null ? Corpus.stories() : Corpus.of(data.toAbsolutePath()), folder);
    }
    return Trainer.resume(folder, (saved, source, vocabulary) -> new Trainer.Resumption(
        (preset == null ? saved : preset.settings()).with(given),
        Corpus.of(data == null ? source : data.toAbsolutePath().toString(), vocabulary)));
  }

  private static void describe(PrintStream out, Trainer trainer) {
    TrainSettings settings = trainer.settings();
    Corpus corpus = trainer.corpus();
    out.printf(Locale.ROOT, "data: %s, %,d characters, %d different ones%n",
        Printable.of(corpus.source()), corpus.size(), corpus.tokenizer().vocabularySize());
    out.printf(
        Locale.ROOT,
        "model: %,d parameters, %d layers, %d heads, vectors of %d, context %d%n",
        trainer.model().parameterCount(), settings.nLayer(), settings.nHead(), settings.nEmbd(), settings.blockSize());
    out.printf(Locale.ROOT, "%s %d to %d, %,d tokens each%n",
        "iterations:", trainer.iteration(), settings.maxIters(), settings.tokensPerIteration());
  }

  private int evaluateOnly(PrintStream out, Trainer trainer, Device device, boolean leads) {
    Evaluation evaluation = trainer.evaluate(() -> false);
    if (evaluation == null) {
      throw new IllegalStateException("the evaluation was stopped");
    }
    out.printf(Locale.ROOT, "iteration %d: train loss %.4f, val loss %.4f%n",
        evaluation.iteration(), evaluation.trainLoss(), evaluation.valLoss());
    if (json && leads) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("finalTrainLoss", evaluation.trainLoss());
      facts.put("finalValLoss", evaluation.valLoss());
      facts.put("iterations", evaluation.iteration());
      facts.put("device", device.name());
      facts.put("parameters", trainer.model().parameterCount());
      System.out.println(JsonText.oneLine(facts));
    }
    return 0;
  }

  private static void speak(PrintStream out, RunFolder folder) {
    RunFolder.Trained trained = folder.model();
    out.printf(Locale.ROOT, "%nThe model (best validation loss, iteration %d) says:%n%n", trained.iteration());
    new Speech(trained, out).continueText(Speech.defaultPrompt(trained), SPOKEN_CHARACTERS);
  }

  private static Map<String, @Nullable Object> facts(TrainResult result, Trainer trainer, Device device) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    Evaluation last = result.last();
    facts.put("finalTrainLoss", last == null ? null : last.trainLoss());
    facts.put("finalValLoss", last == null ? null : last.valLoss());
    facts.put("bestValLoss", result.bestValLoss());
    facts.put("iterations", result.iterations());
    facts.put("seconds", result.seconds());
    facts.put("msPerStep", result.msPerStep());
    facts.put("tokensPerSecond", result.tokensPerSecond());
    facts.put("kernelsPerStep", result.kernelsPerStep().isPresent() ? result.kernelsPerStep().getAsLong() : null);
    facts.put("device", device.name());
    facts.put("parameters", trainer.model().parameterCount());
    return facts;
  }
}
