package org.teenygrad.nanochat.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Kind;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Part;
import org.teenygrad.nanochat.data.Documents;
import org.teenygrad.nanochat.evaluation.CoreTask;
import org.teenygrad.nanochat.json.Json;

class EmbeddedCorpusTest {
  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void write() {
    EmbeddedCorpus.write(folder);
  }

  private static List<Map<String, Object>> lines(String file) throws IOException {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(file))) {
      lines.add(Json.object(line));
    }
    return lines;
  }

  @Test
  void documentsAreSentencesWithoutHoles() {
    List<String> documents = new ArrayList<>();
    try (Documents read = Documents.of(List.of(new EmbeddedCorpus(folder).corpus()))) {
      read.forEachRemaining(documents::add);
    }
    assertThat(documents).hasSize(6300).allSatisfy(document -> assertThat(document).hasSizeBetween(40, 700).doesNotContain("{", "}", "|", "<<"));
    assertThat(new HashSet<>(documents)).hasSizeGreaterThan(6200);
  }

  @Test
  void conversationsAreReadBack() throws IOException {
    int calls = 0;
    for (String line : Files.readAllLines(folder.resolve("conversations/train.jsonl"))) {
      Conversation conversation = Conversation.ofJson(line);
      assertThat(Json.text(conversation.toMap())).isEqualTo(line);
      for (Message message : conversation.messages()) {
        for (int i = 0; i < message.parts().size(); i++) {
          Part part = message.parts().get(i);
          if (part.kind() == Kind.PYTHON) {
            assertThat(message.parts().get(i + 1)).isEqualTo(new Part(Kind.PYTHON_OUTPUT, String.valueOf(result(part.text()))));
            calls++;
          }
        }
      }
    }
    assertThat(calls).isGreaterThan(400);
  }

  private static int result(String sum) {
    Matcher parts = Pattern.compile("(\\d+)([-+*])(\\d+)").matcher(sum);
    assertThat(parts.matches()).as(sum).isTrue();
    int left = Integer.parseInt(parts.group(1));
    int right = Integer.parseInt(parts.group(3));
    return switch (parts.group(2)) {
      case "+" -> left + right;
      case "-" -> left - right;
      default -> left * right;
    };
  }

  @Test
  void solutionsAreRightAndNoTestProblemIsTrainedOn() throws IOException {
    Set<String> trained = sums("problems/train.jsonl");
    Set<String> tested = sums("problems/test.jsonl");
    assertThat(trained).hasSizeGreaterThan(100).doesNotContainAnyElementsOf(tested);
    assertThat(tested).hasSizeGreaterThan(20);
    assertThat(lines("solutions/train.jsonl")).as("what fine-tuning sees of them").isEqualTo(lines("problems/train.jsonl").subList(0, 60));
    assertThat(lines("solutions/test.jsonl")).isEqualTo(lines("problems/test.jsonl"));
  }

  private static Set<String> sums(String file) throws IOException {
    Set<String> sums = new HashSet<>();
    for (Map<String, Object> problem : lines(file)) {
      String answer = Json.string(problem, "answer");
      Matcher call = Pattern.compile("<<([^=]+)=(\\d+)>>").matcher(answer);
      assertThat(call.find()).isTrue();
      assertThat(result(call.group(1))).hasToString(call.group(2));
      assertThat(answer).endsWith("\n#### " + call.group(2));
      sums.add(call.group(1));
    }
    return sums;
  }

  @Test
  void oneChoiceIsRight() throws IOException {
    Map<String, String> objects = new HashMap<>();
    for (Fact fact : Fact.all()) {
      objects.put(fact.questions().getFirst(), fact.object());
    }
    for (Map<String, Object> choice : lines("choices/test.jsonl")) {
      List<?> choices = Json.list(choice, "choices");
      assertThat(new HashSet<>(choices)).hasSize(4);
      assertThat(choices.get(Json.integer(choice, "answer"))).isEqualTo(objects.get(Json.string(choice, "question")));
    }
  }

  @Test
  void coreAsksForFacts() throws IOException {
    assertThat(CoreTask.read(folder.resolve("core"))).extracting(CoreTask::toString)
        .containsExactly("facts (0-shot, multiple_choice)", "words (0-shot, language_modeling)");
    Set<String> answers = Fact.all().stream().map(Fact::answer).collect(Collectors.toSet());
    for (Map<String, Object> question : lines("core/facts.jsonl")) {
      Object right = Json.list(question, "choices").get(Json.integer(question, "gold"));
      assertThat(answers).anyMatch(answer -> answer.startsWith(Json.string(question, "query") + " " + right));
    }
    for (Map<String, Object> question : lines("core/words.jsonl")) {
      assertThat(answers).anyMatch(answer -> answer.startsWith(Json.string(question, "context") + " " + Json.string(question, "continuation")));
    }
  }

  @Test
  void noQuestionHasTwoAnswers() {
    Map<String, String> answers = new HashMap<>();
    for (Fact fact : Fact.all()) {
      for (String question : fact.questions()) {
        assertThat(answers.putIfAbsent(question, fact.answer())).as(question).isNull();
      }
    }
  }

  @Test
  void itIsTheSameEachTime() throws IOException {
    Path again = folder.resolve("again");
    EmbeddedCorpus.write(again);
    for (String file : List.of("corpus/train.jsonl", "conversations/train.jsonl", "problems/test.jsonl", "choices/train.jsonl", "words.txt")) {
      assertThat(Files.mismatch(folder.resolve(file), again.resolve(file))).as(file).isEqualTo(-1);
    }
  }

  @Test
  void whatWasChosenForASymbolStays() {
    Grammar grammar = Grammar.of(List.of("story: {name} is {name}", "name: {letter}{letter} | x", "letter: a | b | c"));
    for (int seed = 0; seed < 50; seed++) {
      assertThat(grammar.write("story", CounterRandom.of(seed))).matches("(aa|bb|cc|x) is \\1");
    }
    assertThatIllegalStateException().isThrownBy(() -> Grammar.of(List.of("story: {nobody}")).write("story", CounterRandom.of(1))).withMessageContaining("nobody");
  }
}
