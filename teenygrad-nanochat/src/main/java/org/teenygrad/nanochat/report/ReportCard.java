package org.teenygrad.nanochat.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.nanochat.chat.AnswerText;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.evaluation.Answerer;
import org.teenygrad.nanochat.rl.RlTrainer;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.RenderedConversation;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.plot.Plot;
import org.teenygrad.state.AtomicFiles;

/// The report card of a model, a page of Markdown with the pictures of its stages: what each was trained with and what came of it, and what
/// the last one answers.
///
/// @param stages those that are there
/// @param answers of the last stage that chats, by question
public record ReportCard(Path out, List<StageReport> stages, Map<String, String> answers) {
  private static final int MOST_TOKENS = 128;
  private static final String PASS = "pass@";

  private static final Set<String> NO_SETTINGS =
      Set.of("format", "stage", "iteration", "best_val_bpb", "batches_taken", "random_seed", "random_drawn", "log_every", "keep");

  /// Reads what stages have left in a folder, and asks the last one questions.
  /// @param out the folder of a model
  /// @param questions for a model that chats
  /// @throws IllegalArgumentException if nothing was trained there
  /// @throws org.teenygrad.state.FileException if a file cannot be read
  public static ReportCard of(Path out, List<String> questions) {
    List<ModelFolder> folders = Arrays.stream(Stage.values()).map(stage -> ModelFolder.of(out, stage))
        .filter(folder -> Files.exists(folder.config()) && Files.exists(folder.log())).toList();
    if (folders.isEmpty()) {
      throw new IllegalArgumentException("nothing was trained in " + out + ": name the --out folder of a training");
    }
    ModelFolder last = folders.getLast();
    Map<String, String> answers = last.stage() == Stage.BASE || questions.isEmpty() ? Map.of() : answers(last, questions);
    return new ReportCard(out, folders.stream().map(StageReport::read).toList(), answers);
  }

  /// The likeliest answers.
  private static Map<String, String> answers(ModelFolder folder, List<String> questions) {
    NanochatTokenizer tokenizer = folder.tokenizer();
    TrainedModel trained = folder.model().requireTokenizer(tokenizer);
    List<int[]> prompts = questions.stream().map(question -> RenderedConversation.forCompletion(tokenizer,
        new Conversation(List.of(Message.of(Role.USER, question), Message.of(Role.ASSISTANT, ""))))).toList();
    Answerer answerer = new Answerer(trained.computing(), tokenizer, new Answerer.Options(prompts.size(), 1, MOST_TOKENS, 0, 0, 0));
    List<List<Completion>> written = answerer.completions(prompts, 0);
    Map<String, String> answers = new LinkedHashMap<>();
    for (int i = 0; i < questions.size(); i++) {
      answers.put(questions.get(i), AnswerText.of(tokenizer, written.get(i).getFirst().text()));
    }
    return answers;
  }

  /// Where [#write] puts the page.
  public Path file() {
    return out.resolve("report.md");
  }

  /// Writes the page and what pictures the stages have not drawn themselves.
  /// @throws org.teenygrad.state.FileException if it cannot be written
  public void write() {
    stages.stream().filter(stage -> stage.folder().stage() == Stage.RL).forEach(ReportCard::drawReinforcement);
    AtomicFiles.write(file(), text());
  }

  private static void drawReinforcement(StageReport stage) {
    Path rewards = RlTrainer.rewards(stage.folder());
    if (Files.exists(rewards)) {
      Plot.of("Mean reward of the answers of an iteration").x("iteration").y("reward")
          .line("reward", StageReport.column(rewards, "iteration"), StageReport.column(rewards, "reward")).write(picture(stage, "rewards.svg"));
    }
    List<String> names = stage.first().keySet().stream().filter(name -> name.startsWith(PASS)).toList();
    if (names.size() > 1) {
      double[] answers = names.stream().mapToDouble(name -> Double.parseDouble(name.substring(PASS.length()))).toArray();
      Plot.of("Problems that one of k answers solves").x("k, answers to a problem").y("pass@k")
          .line("before", answers, names.stream().mapToDouble(name -> number(stage.first(), name)).toArray())
          .line("after", answers, names.stream().mapToDouble(name -> number(stage.metrics(), name)).toArray()).write(picture(stage, "pass.svg"));
    }
  }

  private static double number(Map<String, Double> numbers, String name) {
    return numbers.getOrDefault(name, Double.NaN);
  }

  private static Path picture(StageReport stage, String name) {
    return stage.folder().path().resolve(name);
  }

  /// Those of a stage that are there. What reinforcement makes fall is no measure of anything.
  private static List<Path> pictures(StageReport stage) {
    List<Path> all = stage.folder().stage() == Stage.RL
        ? List.of(picture(stage, "rewards.svg"), picture(stage, "pass.svg"))
        : List.of(stage.folder().picture());
    return all.stream().filter(Files::exists).toList();
  }

  /// The page.
  String text() {
    List<String> lines = new ArrayList<>(List.of("# A model's report card", ""));
    lines.addAll(summary());
    if (!answers.isEmpty()) {
      lines.addAll(List.of("", "## What it answers", "", "| asked | answered |", "| --- | --- |"));
      answers.forEach((question, answer) -> lines.add("| " + cell(question) + " | " + cell(answer) + " |"));
    }
    for (StageReport stage : stages) {
      lines.addAll(section(stage));
    }
    return String.join("\n", lines) + "\n";
  }

  /// A row a number, a column a stage.
  private List<String> summary() {
    Map<StageReport, Map<String, String>> columns = new LinkedHashMap<>();
    Set<String> rows = new LinkedHashSet<>();
    for (StageReport stage : stages) {
      Map<String, String> numbers = new LinkedHashMap<>();
      numbers.put("iterations", String.valueOf(stage.settings().get("iteration")));
      numbers.put("seconds in iterations", String.format(Locale.ROOT, "%.0f", stage.seconds()));
      stage.metrics().forEach((name, value) -> numbers.put(name, String.format(Locale.ROOT, "%.4f", value)));
      stage.tasks().ifPresent(tasks -> {
        tasks.results().forEach((task, result) -> numbers.put("accuracy of " + task, String.format(Locale.ROOT, "%.4f", result.accuracy())));
        numbers.put(stage.folder().stage() == Stage.BASE ? "CORE" : "ChatCORE", String.format(Locale.ROOT, "%.4f", tasks.metric()));
      });
      columns.put(stage, numbers);
      rows.addAll(numbers.keySet());
    }
    List<String> lines = new ArrayList<>();
    lines.add(stages.stream().map(stage -> stage.folder().stage().toString()).collect(Collectors.joining(" | ", "| | ", " |")));
    lines.add("| --- |" + " ---: |".repeat(stages.size()));
    for (String row : rows) {
      lines.add(stages.stream().map(stage -> columns.getOrDefault(stage, Map.of()).getOrDefault(row, ""))
          .collect(Collectors.joining(" | ", "| " + row + " | ", " |")));
    }
    return lines;
  }

  private List<String> section(StageReport stage) {
    List<String> lines = new ArrayList<>(List.of("", "## Stage " + stage.folder().stage(), ""));
    for (Path picture : pictures(stage)) {
      lines.addAll(List.of("![](" + out.relativize(picture).toString().replace('\\', '/') + ")", ""));
    }
    lines.addAll(List.of("| | before | after |", "| --- | ---: | ---: |"));
    stage.first().forEach((name, before) -> lines.add(
        String.format(Locale.ROOT, "| %s | %.4f | %.4f |", name, before, stage.metrics().getOrDefault(name, before))));
    lines.add("");
    lines.addAll(List.of("| setting | |", "| --- | ---: |"));
    stage.settings().forEach((name, value) -> {
      if (!NO_SETTINGS.contains(name)) {
        lines.add("| " + name + " | " + value + " |");
      }
    });
    return lines;
  }

  private static String cell(String text) {
    return text.strip().replace("|", "\\|").replace("<", "&lt;").replace("\n", "<br>");
  }
}
