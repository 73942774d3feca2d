package org.teenygrad.nanochat.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Kind;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Part;
import org.teenygrad.nanochat.data.Conversation.Role;

class TasksTest {
  @TempDir private Path folder = Path.of("");

  private Path write(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private static Task task(String name, int size) {
    return Task.of(IntStream.range(0, size)
        .mapToObj(i -> new Conversation(List.of(Message.of(Role.USER, name + i), Message.of(Role.ASSISTANT, "yes"))))
        .toList());
  }

  private static String question(Task task, int index) {
    return task.conversation(index).messages().getFirst().parts().getFirst().text();
  }

  private static List<String> questions(Task task) {
    return IntStream.range(0, task.size()).mapToObj(i -> question(task, i)).toList();
  }

  /// The order is `random.Random(42).shuffle`'s.
  @Test
  void aMixtureShufflesAsNanochats() {
    assertThat(questions(Task.mixture(List.of(task("a", 3), task("b", 5))))).containsExactly("b0", "b1", "b3", "b4", "a2", "b2", "a0", "a1");
    Task once = task("a", 3);
    assertThat(questions(Task.mixture(List.of(once, once)))).containsExactlyInAnyOrder("a0", "a1", "a2", "a0", "a1", "a2");
  }

  @Test
  void theFirstOfATask() {
    assertThat(questions(task("a", 5).first(2))).containsExactly("a0", "a1");
    assertThat(questions(task("a", 2).first(5))).containsExactly("a0", "a1");
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> task("a", 5).first(2).conversation(2));
  }

  /// The orders are those of `np.random.default_rng(seed).permutation(size)`.
  @Test
  void permutationsAreNumpys() {
    assertThat(new NumpyRandom(42).permutation(12)).containsExactly(0, 7, 6, 9, 11, 3, 5, 2, 4, 10, 1, 8);
    assertThat(new NumpyRandom(42).permutation(1)).containsExactly(0);
    assertThat(new NumpyRandom(7).permutation(9)).containsExactly(8, 0, 7, 1, 3, 6, 2, 4, 5);
    assertThat(new NumpyRandom(123_456_789_012L).permutation(8)).containsExactly(3, 4, 7, 0, 6, 5, 2, 1);
    List<Integer> large = new NumpyRandom(42).permutation(7473);
    assertThat(large).startsWith(3082, 2184, 5897, 2437, 6330);
    assertThat(IntStream.range(0, 7473).mapToLong(i -> (long) i * large.get(i)).sum()).isEqualTo(104_251_133_804L);
    assertThatIllegalArgumentException().isThrownBy(() -> new NumpyRandom(-1));
  }

  @Test
  void conversationsSayWhichLineIsBroken() throws IOException {
    Path file = write("c.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}", "", "{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}");
    assertThatIllegalArgumentException().isThrownBy(() -> Task.read(file)).withMessageEndingWith("c.jsonl, line 3: message 0 is from the assistant but should be from the user");
    assertThatIllegalArgumentException().isThrownBy(() -> Task.read(folder.resolve("none.jsonl"))).withMessageStartingWith("there is no file");
    Path empty = write("empty.jsonl", "");
    assertThatIllegalArgumentException().isThrownBy(() -> Task.read(empty)).withMessageEndingWith("empty.jsonl is empty");
  }

  @Test
  void callsOfTheCalculatorBecomeParts() throws IOException {
    Gsm8k task = Gsm8k.read(write("g.jsonl",
        "{\"question\": \"How many?\", \"answer\": \"It is 2+2 = $<<2+2=4>>4.\\n<<4*500=2000>>\\n#### 2,000\"}"));
    assertThat(task.conversation(0).messages()).containsExactly(
        Message.of(Role.USER, "How many?"),
        new Message(Role.ASSISTANT, List.of(
            new Part(Kind.TEXT, "It is 2+2 = $"),
            new Part(Kind.PYTHON, "2+2"),
            new Part(Kind.PYTHON_OUTPUT, "4"),
            new Part(Kind.TEXT, "4.\n"),
            new Part(Kind.PYTHON, "4*500"),
            new Part(Kind.PYTHON_OUTPUT, "2000"),
            new Part(Kind.TEXT, "\n#### 2,000"))));
    assertThat(task.isCorrect(0, "So #### 2000 it is")).isTrue();
    assertThat(task.isCorrect(0, "#### 2,000\n#### 3")).isTrue();
    assertThat(task.reward(0, "#### 2,000")).isEqualTo(1);
    for (String wrong : List.of("2000", "#### -2000", "#### 2000.0", "####2000", "")) {
      assertThat(task.isCorrect(0, wrong)).as(wrong).isFalse();
      assertThat(task.reward(0, wrong)).isZero();
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Gsm8k.read(write("h.jsonl", "{\"question\": \"a\", \"answer\": \"b\"}")))
        .withMessageContaining("line 1: the answer must end with ####");
  }

  @Test
  void choicesAreBoundToLetters() throws IOException {
    MultipleChoice mmlu = MultipleChoice.read(write("m.jsonl", "{\"question\": \"1+1?\", \"choices\": [\"1\", \"2\", \"3\"], \"answer\": 1}"));
    assertThat(question(mmlu, 0)).contains("1+1?\n- 1=A\n- 2=B\n- 3=C\n");
    assertThat(mmlu.letters(0)).containsExactly("A", "B", "C");
    assertThat(List.of(mmlu.isCorrect(0, "B"), mmlu.isCorrect(0, "A"))).containsExactly(true, false);
    MultipleChoice arc = MultipleChoice.read(write("a.jsonl",
        "{\"question\": \"q\", \"choices\": {\"text\": [\"x\", \"y\"], \"label\": [\"1\", \"2\"]}, \"answerKey\": \"2\"}"));
    assertThat(question(arc, 0)).contains("- x=1\n- y=2\n");
    assertThat(arc.conversation(0).messages().getLast()).isEqualTo(Message.of(Role.ASSISTANT, "2"));
    assertThatIllegalArgumentException().isThrownBy(() -> MultipleChoice.read(write("b.jsonl", "{\"question\": \"q\", \"choices\": [\"1\"], \"answer\": 1}")))
        .withMessageContaining("choice 1 of 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MultipleChoice.read(write("d.jsonl", "{\"question\": \"q\", \"choices\": {\"text\": [\"x\"], \"label\": [\"1\"]}, \"answerKey\": \"2\"}")))
        .withMessageContaining("the answer \"2\" must be one of the letters [1]");
  }

  @Test
  void spellingCountsAreRight() throws IOException {
    Path words = write("words.txt", "strawberry", "banana", "kiwi", "", "fig");
    SpellingBee bee = SpellingBee.read(words, 200, false);
    for (int i = 0; i < bee.size(); i++) {
      List<Part> answer = bee.conversation(i).messages().getLast().parts();
      assertThat(Calculator.compute(answer.get(1).text())).contains(answer.get(2).text());
      assertThat(bee.isCorrect(i, answer.getLast().text())).isTrue();
      assertThat(bee.isCorrect(i, answer.getLast().text() + "0")).isFalse();
      assertThat(answer.getFirst().text()).contains("By hand it is " + answer.get(2).text() + ".");
      assertThat(question(bee, i)).doesNotContain("{");
    }
    assertThat(questions(bee)).isNotEqualTo(questions(SpellingBee.read(words, 200, true)));
    SimpleSpelling spelling = SimpleSpelling.read(words, 20, true);
    assertThat(questions(spelling)).contains("Spell the word: kiwi");
    assertThat(IntStream.range(0, 20).filter(i -> spelling.isCorrect(i, "kiwi:k,i,w,i")).mapToObj(i -> question(spelling, i)))
        .isNotEmpty()
        .containsOnly("Spell the word: kiwi");
    assertThatIllegalArgumentException().isThrownBy(() -> SpellingBee.read(folder.resolve("none"), 1, false)).withMessageContaining("a list of words");
  }

  @Test
  void aProgramIsTakenOutOfAnAnswer() {
    assertThat(HumanEval.program("Here it is:\n```python\nx = 1\ny = 2\n```\n```\nz\n```")).isEqualTo("x = 1\ny = 2");
    assertThat(HumanEval.program(" x = 1\n")).isEqualTo("x = 1");
    assertThat(HumanEval.imports("\n# a\nimport math\nfrom typing import List\n\ndef f():\n  import os\n")).isEqualTo("import math\nfrom typing import List");
    assertThat(HumanEval.imports(String.join("\n", new ArrayList<>()))).isEmpty();
  }
}
