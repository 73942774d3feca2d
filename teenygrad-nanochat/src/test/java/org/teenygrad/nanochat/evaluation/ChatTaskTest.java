package org.teenygrad.nanochat.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.evaluation.EvaluationTable.Result;

class ChatTaskTest {
  private static final Answering NONE = prompts -> {
    throw new AssertionError("letters are chosen, not written");
  };

  @TempDir Path folder;

  private Path write(String file, String... lines) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.resolveSibling("."));
    return Files.write(path, List.of(lines));
  }

  @Test
  void tasksAreThoseWhoseFilesAreThere() throws IOException {
    write("choices/test.jsonl", "{\"question\": \"?\", \"choices\": [\"x\", \"y\"], \"answer\": 1}");
    write("gsm8k/test.jsonl", "{\"question\": \"?\", \"answer\": \"#### 1\"}");
    write("words.txt", "apple");
    assertThat(ChatTask.read(folder)).extracting(ChatTask::label).containsExactly("Choices", "GSM8K", "SpellingBee");
    assertThat(ChatTask.read(folder)).extracting(ChatTask::randomBaseline).containsExactly(0.25, 0.0, 0.0);
    assertThat(ChatTask.read(folder.resolve("nowhere"))).isEmpty();
  }

  @Test
  void theLikeliestLetterIsTheAnswer() throws IOException {
    // labels of ARC may be other letters; this model likes those at the beginning of the alphabet
    write("arc_easy/test.jsonl",
        "{\"question\": \"1\", \"choices\": {\"text\": [\"x\", \"y\"], \"label\": [\"c\", \"b\"]}, \"answerKey\": \"b\"}",
        "{\"question\": \"22\", \"choices\": {\"text\": [\"x\", \"y\", \"z\"], \"label\": [\"a\", \"b\", \"c\"]}, \"answerKey\": \"a\"}",
        "{\"question\": \"333\", \"choices\": {\"text\": [\"x\", \"y\"], \"label\": [\"a\", \"b\"]}, \"answerKey\": \"b\"}");
    ChatTask task = ChatTask.read(folder).getFirst();
    Scorer scorer = new Scorer(CoreTaskTest.alphabetical(), ScorerTest.BYTES, 2);
    assertThat(task.accuracy(scorer, NONE, -1)).isCloseTo(2 / 3.0, within(1e-12));
  }

  @Test
  void ofSeveralAnswersOneMustBeRight() throws IOException {
    write("gsm8k/test.jsonl", "{\"question\": \"one?\", \"answer\": \"#### 1\"}", "{\"question\": \"two?\", \"answer\": \"#### 2\"}");
    ChatTask task = ChatTask.read(folder).getFirst();
    Scorer scorer = new Scorer(CoreTaskTest.alphabetical(), ScorerTest.BYTES, 2);
    Answering answering = prompts -> prompts.stream().map(prompt ->
        ScorerTest.BYTES.decode(prompt).contains("two?") ? List.of("#### 1", "so #### 2") : List.of("#### 3", "none")).toList();
    assertThat(task.accuracy(scorer, answering, -1)).isEqualTo(0.5);
    assertThat(task.accuracy(scorer, prompts -> prompts.stream().map(prompt -> List.of("#### 1", "#### 2")).toList(), 1)).isEqualTo(1);
  }

  @Test
  void aTableIsReadAsItWasWritten() throws IOException {
    EvaluationTable table = new EvaluationTable(Map.of("GSM8K", Result.of(0.5, 0), "MMLU", Result.of(0.25, 0.25)));
    assertThat(table.metric()).isEqualTo(0.25);
    Path file = folder.resolve("evaluation.csv");
    table.write(file);
    assertThat(EvaluationTable.read(file)).isEqualTo(table);
    Files.writeString(file, "task,accuracy,centered\nx\n");
    assertThatThrownBy(() -> EvaluationTable.read(file)).hasMessageContaining("evaluation.csv");
  }
}
