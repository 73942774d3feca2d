package org.teenygrad.nanochat.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tasks.CoreExample.Kind;

class CoreTaskTest {
  @TempDir Path folder;

  @BeforeEach
  void tasks() throws IOException {
    Files.writeString(folder.resolve("tasks.csv"), """
        task,type,fewshot,continuation_delimiter,random_baseline_percent,file
        hellaswag,multiple_choice,10,\""" ""\",25,(not to be had here)
        letters,multiple_choice,1,\"""\\nAnswer: ""\",50,letters.jsonl
        who,schema,0,\""" ""\",50,who.jsonl
        onward,language_modeling,0,\""" ""\",0,onward.jsonl
        """);
    Files.writeString(folder.resolve("letters.jsonl"), """
        {"query": "Say", "choices": ["bb", "aa"], "gold": 1}
        {"query": "Name", "choices": ["aa", "cc"], "gold": 0}
        {"query": "Tell", "choices": ["aa", "dd", "ee"], "gold": 2}
        """);
    Files.writeString(folder.resolve("who.jsonl"), """
        {"context_options": ["It was", "He was"], "continuation": "aaa", "gold": 1}
        """);
    Files.writeString(folder.resolve("onward.jsonl"), """
        {"context": "What comes ", "continuation": "aaa"}
        {"context": "What comes", "continuation": "aab"}
        """);
  }

  private CoreTask task(String label) {
    return CoreTask.read(folder).stream().filter(task -> task.label().equals(label)).findFirst().orElseThrow();
  }

  /// A model that always finds `a` the likeliest, then `b`, `c` and so on, whatever stood before: its state is one vector.
  static Gpt alphabetical() {
    Gpt model = ScorerTest.random();
    Tensor.noGrad(() -> {
      model.namedParameters().forEach((name, weight) -> {
        if (name.startsWith("lm_head")) {
          float[] head = new float[Math.toIntExact(weight.numel())];
          int dim = weight.size(1);
          for (int token = 'a'; token <= 'z'; token++) {
            head[token * dim] = 0.05f * ('z' + 1 - token);
          }
          weight.assign(Tensor.of(head, weight.size(0), dim)).realize();
        } else if (name.startsWith("transformer.wte")) {
          Tensor first = Tensor.arange(weight.size(1)).eq(0).toFloat();
          weight.assign(first.expand(weight.shape().toArray())).realize();
        } else if (name.contains("c_proj")) {
          weight.assign(Tensor.zeros(weight.shape().toArray())).realize();
        }
      });
    });
    return model;
  }

  @Test
  void tasksAreThoseWhoseQuestionsAreThere() {
    assertThat(CoreTask.read(folder)).extracting(CoreTask::label).containsExactly("letters", "who", "onward");
    CoreTask letters = task("letters");
    assertThat(letters.delimiter()).isEqualTo("\nAnswer: ");
    assertThat(letters.kind()).isEqualTo(Kind.MULTIPLE_CHOICE);
    assertThat(letters.randomBaseline()).isEqualTo(0.5);
    assertThat(letters).hasToString("letters (1-shot, multiple_choice)");
  }

  @Test
  void answersAreWhatTheModelFindsLikely() {
    Scorer scorer = new Scorer(alphabetical(), ScorerTest.BYTES, 4);
    assertThat(task("letters").accuracy(scorer, -1)).isCloseTo(2 / 3.0, within(1e-12)); // aa is likelier than ee, which is wrong
  }

  @Test
  void aContinuationMustBeTheLikeliestTokenByToken() {
    // " aaa": the blank before a word is part of the continuation and never the likeliest for this model
    assertThat(task("onward").accuracy(new Scorer(alphabetical(), ScorerTest.BYTES, 4), -1)).isZero();
  }

  @Test
  void ofEqualContextsTheFirstIsChosen() {
    assertThat(task("who").accuracy(new Scorer(alphabetical(), ScorerTest.BYTES, 4), 1)).isZero();
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertThatThrownBy(() -> CoreTask.read(folder.resolve("nowhere"))).hasMessageContaining("there is no file", "tasks.csv");
    Files.writeString(folder.resolve("onward.jsonl"), "{\"context\": 1}\n");
    assertThatThrownBy(() -> task("onward").accuracy(new Scorer(alphabetical(), ScorerTest.BYTES, 4), -1)).hasMessageContaining("onward.jsonl, line 1");
    Files.writeString(folder.resolve("tasks.csv"), "task\nx,y\n");
    assertThatThrownBy(() -> CoreTask.read(folder)).hasMessageContaining("line 2").hasMessageContaining("2 columns");
  }

  @Test
  void cellsMayHaveCommasAndQuotes() {
    assertThat(CoreTable.cells("a,\"b,\"\"c\"\"\",")).isEqualTo(List.of("a", "b,\"c\"", ""));
  }
}
