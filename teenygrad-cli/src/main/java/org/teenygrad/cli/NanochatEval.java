package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.nanochat.corpus.EmbeddedCorpus;
import org.teenygrad.nanochat.evaluation.Answerer;
import org.teenygrad.nanochat.evaluation.Answering;
import org.teenygrad.nanochat.evaluation.ChatTask;
import org.teenygrad.nanochat.evaluation.EvaluationTable;
import org.teenygrad.nanochat.evaluation.Scorer;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.TrainedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad nanochat eval`: what a model can do.
@Command(
    name = "eval",
    description = {
      "Asks a model questions: CORE of a base model; multiple choice, sums, programs and spelling of one that chats.",
      "--data is a folder with some of core/tasks.csv, arc_easy/test.jsonl, arc_challenge/test.jsonl, mmlu/test.jsonl, gsm8k/test.jsonl,",
      "HumanEval.jsonl.gz, words.txt. Without it the questions are about the small world that comes with the program."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatEval implements Callable<Integer> {
  private static final long SEED = 42;

  @Option(
      names = {"-a", "--task-name"},
      paramLabel = "NAME|NAME",
      description = "Only these tasks; by default all that --data has.")
  private @Nullable String taskName;

  @Option(names = "--data", paramLabel = "DIR", description = "The folder with the questions.")
  private @Nullable Path data;

  @Option(
      names = {"-x", "--max-problems", "--max-per-task"},
      paramLabel = "N",
      defaultValue = "-1",
      description = "Questions of a task at most; -1 for all (default: ${DEFAULT-VALUE}).")
  private int maxProblems;

  @Option(
      names = {"-b", "--batch-size"},
      paramLabel = "N",
      defaultValue = "8",
      description = "Rows that are computed together (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = {"-t", "--temperature"},
      paramLabel = "X",
      defaultValue = "0",
      description = "Temperature of written answers; 0 for the likeliest (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = {"-k", "--top-k"},
      paramLabel = "N",
      defaultValue = "50",
      description = "Of how many of the likeliest tokens one is drawn; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = {"-n", "--num-samples"},
      paramLabel = "N",
      defaultValue = "1",
      description = "Answers to each question, one of which must be right (default: ${DEFAULT-VALUE}).")
  private int numSamples;

  @Option(
      names = {"-m", "--max-new-tokens"},
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens of an answer at most (default: ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(names = "--json", description = "End with one line of JSON on stdout; all else goes to stderr.")
  private boolean json;

  @Mixin private ModelOptions model;
  @Mixin private ModelOptions.Exported exported;
  @Mixin private DeviceOptions deviceOptions;

  @Override
  public Integer call() {
    PrintStream screen = json ? System.err : System.out;
    NanochatTokenizer tokenizer = exported.tokenizer(model);
    screen.println("device: " + deviceOptions.choose());
    TrainedModel trained = exported.trained(model).requireTokenizer(tokenizer);
    Gpt computing = trained.computing();
    Answerer answerer = new Answerer(computing, tokenizer, new Answerer.Options(batchSize, numSamples, maxNewTokens, temperature, topK, SEED));
    List<Questions.Asked> tasks = tasks(trained.stage(), data == null ? EmbeddedCorpus.write(model.out().resolve("data")).folder() : data, answerer);
    String metric = trained.stage() == Stage.BASE ? Questions.CORE : "ChatCORE";
    EvaluationTable table = Questions.ask(tasks, new Scorer(computing, tokenizer, batchSize), metric, screen);
    table.write(exported.evaluation(model));
    if (json) {
      Map<String, Object> facts = new LinkedHashMap<>();
      table.results().forEach((label, result) -> facts.put(label, result.accuracy()));
      facts.put(metric, table.metric());
      System.out.println(JsonText.oneLine(facts));
    }
    return 0;
  }

  private List<Questions.Asked> tasks(Stage stage, Path folder, Answering answerer) {
    List<Questions.Asked> tasks = new ArrayList<>();
    if (stage == Stage.BASE) {
      tasks.addAll(Questions.ofCore(folder, maxProblems));
    } else {
      for (ChatTask task : ChatTask.read(folder)) {
        tasks.add(new Questions.Asked(task.label(), task.label(), task.randomBaseline(), scorer -> task.accuracy(scorer, answerer, maxProblems)));
      }
    }
    List<String> names = tasks.stream().map(Questions.Asked::label).toList();
    if (taskName != null) {
      List<String> wanted = Arrays.asList(taskName.split("\\|"));
      wanted.stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
        throw new IllegalArgumentException("there is no task " + name + " in " + folder + ", only " + names);
      });
      tasks.removeIf(task -> !wanted.contains(task.label()));
    }
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("there are no questions in " + folder + "; see --help for the files that it may have");
    }
    return tasks;
  }
}
