package org.teenygrad.nanochat.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.nanochat.tasks.CoreExample.Kind;
import org.teenygrad.nanochat.tasks.CoreExample.LanguageModeling;
import org.teenygrad.nanochat.tasks.CoreExample.MultipleChoice;
import org.teenygrad.nanochat.tasks.CoreExample.Schema;

class CorePromptsTest {
  @Test
  void multipleChoiceHasAPromptForEachAnswer() {
    CoreExample red = CoreExample.ofJson(Kind.MULTIPLE_CHOICE, "{\"query\": \"Red?\", \"choices\": [\"no\", \"yes\"], \"gold\": 1}");
    CoreExample blue = new MultipleChoice("Blue?", List.of("maybe", "never"), 0);
    CorePrompts prompts = new CorePrompts(List.of(red, blue), 1, "\nAnswer: ");
    assertThat(prompts.ask(0)).containsExactly("Blue?\nAnswer: maybe\n\nRed?\nAnswer: no", "Blue?\nAnswer: maybe\n\nRed?\nAnswer: yes");
    assertThat(prompts.ask(1)).containsExactly("Red?\nAnswer: yes\n\nBlue?\nAnswer: maybe", "Red?\nAnswer: yes\n\nBlue?\nAnswer: never");
  }

  @Test
  void aSchemaHasAPromptForEachContext() {
    CoreExample cup = CoreExample.ofJson(Kind.SCHEMA, "{\"context_options\": [\"The cup\", \"The box\"], \"continuation\": \"was full.\", \"gold\": 0}");
    CoreExample cat = new Schema(List.of("A cat", "A hat"), "sat.", 1);
    assertThat(new CorePrompts(List.of(cup, cat), 1, " ").ask(0))
        .containsExactly("A hat sat.\n\nThe cup was full.", "A hat sat.\n\nThe box was full.");
  }

  @Test
  void languageModelingIsAskedWithoutAndWithTheContinuation() {
    CoreExample one = CoreExample.ofJson(Kind.LANGUAGE_MODELING, "{\"context\": \" Once upon a\\n\", \"continuation\": \"time\"}");
    CoreExample two = new LanguageModeling("\u00A0Two plus two is\u0085", "four ");
    assertThat(new CorePrompts(List.of(one, two), 1, " ").ask(0)).containsExactly("Two plus two is four \n\nOnce upon a", "Two plus two is four \n\nOnce upon a time");
  }

  /// By Python: the list 0 to 29 shuffled by Random(1337), of which Random(1234 + 4) samples 3 without the fourth.
  @Test
  void orderAndExamplesAreNanochats() {
    List<CoreExample> file = IntStream.range(0, 30).<CoreExample>mapToObj(i -> new LanguageModeling(String.valueOf(i), "")).toList();
    CorePrompts prompts = CorePrompts.of(file, 3, "");
    assertThat(prompts.ask(4).getLast()).isEqualTo("4\n\n6\n\n15\n\n2");
    assertThat(prompts.first(7).ask(4).getLast()).isEqualTo("4\n\n0\n\n7\n\n2");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '~', value = {
      "MULTIPLE_CHOICE; {\"query\": \"?\", \"choices\": [\"a\"], \"gold\": 1}; \"gold\" is 1, but there are 1",
      "MULTIPLE_CHOICE; {\"query\": \"?\", \"choices\": [1], \"gold\": 0}; \"choices\" must be a list of strings, but has 1",
      "SCHEMA; {\"continuation\": \"?\"}; \"context_options\" must be a list",
      "LANGUAGE_MODELING; {\"context\": \"?\"}; \"continuation\" must be a string"
  })
  void saysWhatIsWrong(Kind kind, String line, String sentence) {
    assertThatIllegalArgumentException().isThrownBy(() -> CoreExample.ofJson(kind, line)).withMessageContaining(sentence);
  }

  @Test
  void examplesNeedOtherQuestions() {
    assertThatIllegalArgumentException().isThrownBy(() -> new CorePrompts(List.of(new LanguageModeling("a", "b")), 1, " "))
        .withMessageContaining("1 examples before a question need more than 1 questions");
  }
}
