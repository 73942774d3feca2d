package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.nanochat.base.BaseTrainer;
import org.teenygrad.nanochat.corpus.EmbeddedCorpus;
import org.teenygrad.nanochat.evaluation.Continuations;
import org.teenygrad.nanochat.evaluation.EvaluationTable;
import org.teenygrad.nanochat.evaluation.Scorer;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.train.Evaluation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad nanochat base-eval`: what a base model writes, how many bits it needs for each byte of a text, and CORE.
@Command(
    name = "base-eval",
    description = {
      "Evaluates the base model with the lowest validation loss: texts that it writes, bits per byte of both parts of a corpus, and CORE,",
      "whose table goes to evaluation.csv in the folder of the model, as that of eval does."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatBaseEval implements Callable<Integer> {
  /// What can be evaluated, in this order.
  private enum What {
    SAMPLE,
    BPB,
    CORE
  }

  @Option(
      names = "--eval",
      paramLabel = "core,bpb,sample",
      defaultValue = "core,bpb,sample",
      description = "What to evaluate: CORE, bits per byte, texts that the model writes (default: ${DEFAULT-VALUE}).")
  private String eval;

  @Option(names = "--data", paramLabel = "PATH", arity = "1..*", description = "For bpb: files, or folders of them, as base-train's.")
  private List<Path> data = List.of();

  @Option(
      names = "--core",
      paramLabel = "DIR",
      description = "For core: a folder with tasks.csv, or with a folder core that has it; by default questions about the small world that comes with the program.")
  private @Nullable Path core;

  @Option(names = {"--out", "--from"}, paramLabel = "DIR", defaultValue = "out/nanochat", description = "The --out folder of base-train (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--step",
      paramLabel = "N",
      defaultValue = "-1",
      description = "The iteration of a checkpoint that --keep has kept; by default the best model.")
  private long step;

  @Option(names = "--tokenizer", paramLabel = "FILE", description = "By default tokenizer.json in --out.")
  private @Nullable Path tokenizer;

  @Option(
      names = "--max-per-task",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Questions of a task of CORE at most; -1 for all (default: ${DEFAULT-VALUE}).")
  private int maxPerTask;

  @Option(names = "--device-batch-size", paramLabel = "N", defaultValue = "32", description = "Sequences in a batch (default: ${DEFAULT-VALUE}).")
  private int deviceBatchSize;

  @Option(names = "--split-tokens", paramLabel = "N", defaultValue = "20971520", description = "Tokens of each part of the corpus (default: ${DEFAULT-VALUE}).")
  private long splitTokens;

  @Option(names = "--json", description = "End with one line of JSON on stdout; all else goes to stderr.")
  private boolean json;

  @Mixin private DeviceOptions deviceOptions;

  private Set<What> wanted() {
    Set<What> wanted = EnumSet.noneOf(What.class);
    for (String name : eval.split(",")) {
      wanted.add(Arrays.stream(What.values()).filter(what -> what.name().equalsIgnoreCase(name.strip())).findFirst()
          .orElseThrow(() -> new IllegalArgumentException("--eval: there is no evaluation '" + name.strip() + "', only core, bpb and sample")));
    }
    if (wanted.contains(What.BPB) && data.isEmpty()) {
      throw new IllegalArgumentException("bits per byte need a text: name it by --data, or leave them out by --eval core,sample");
    }
    return wanted;
  }

  @Override
  public Integer call() {
    Set<What> wanted = wanted();
    PrintStream screen = json ? System.err : System.out;
    screen.println("device: " + deviceOptions.choose());
    ModelFolder folder = ModelFolder.of(out, Stage.BASE);
    NanochatTokenizer tokens = tokenizer == null ? folder.tokenizer() : TokenizerFiles.read(tokenizer);
    TrainedModel trained = (step < 0 ? folder.model() : folder.model(step)).requireTokenizer(tokens);
    screen.printf(Locale.ROOT, "model of iteration %d%n", trained.iteration());
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("iteration", trained.iteration());
    for (What what : wanted) {
      facts.putAll(switch (what) {
        case SAMPLE -> samples(trained, tokens, screen);
        case BPB -> bitsPerByte(trained, tokens, screen);
        case CORE -> core(trained, tokens, folder, screen);
      });
    }
    if (json) {
      System.out.println(JsonText.oneLine(facts));
    }
    return 0;
  }

  private static Map<String, Object> samples(TrainedModel trained, NanochatTokenizer tokens, PrintStream screen) {
    List<String> texts = Continuations.of(trained.computing(), tokens).all();
    texts.forEach(text -> screen.println("> " + Printable.of(text)));
    return Map.of("samples", texts);
  }

  private Map<String, Object> bitsPerByte(TrainedModel trained, NanochatTokenizer tokens, PrintStream screen) {
    Evaluation evaluation = BaseTrainer.evaluate(trained, data, tokens, deviceBatchSize, splitTokens);
    screen.printf(Locale.ROOT, "train %.4f bits per byte (loss %.4f), validation %.4f (loss %.4f)%n",
        evaluation.metric("train_bpb"), evaluation.metric("train_loss"), evaluation.metric("val_bpb"), evaluation.metric("val_loss"));
    return new LinkedHashMap<>(evaluation.metrics());
  }

  private Map<String, Object> core(TrainedModel trained, NanochatTokenizer tokens, ModelFolder folder, PrintStream screen) {
    Path questions = core == null ? EmbeddedCorpus.write(out.resolve("data")).folder() : core;
    EvaluationTable table = Questions.ask(Questions.ofCore(questions, maxPerTask), new Scorer(trained.computing(), tokens, deviceBatchSize), Questions.CORE, screen);
    table.write(folder.evaluation());
    Map<String, Object> facts = new LinkedHashMap<>();
    table.results().forEach((label, result) -> facts.put(label, result.accuracy()));
    facts.put(Questions.CORE, table.metric());
    return facts;
  }
}
