package org.teenygrad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.teenygrad.bench.Dialogue.Answer;

@DisabledOnOs(OS.WINDOWS) // the other process is a shell script
class DialogueTest {
  private static Dialogue shell(String script) throws IOException {
    return new Dialogue("shell", List.of("sh", "-c", script), 60);
  }

  @Test
  void answersSurviveTheWay() {
    Answer answer = new Answer(1L << 35, List.of(0.25, 1e-6));
    assertThat(Answer.parse(answer.line())).isEqualTo(answer);
  }

  @Test
  void asksInTurnsAndSkipsOtherLines() throws IOException {
    try (Dialogue dialogue = shell("while read question; do echo a warning; printf 'answer\\t7\\t%s\\n' $question; done")) {
      assertThat(dialogue.ask("1.5")).isEqualTo(new Answer(7, List.of(1.5)));
      assertThat(dialogue.ask("2.5")).isEqualTo(new Answer(7, List.of(2.5)));
    }
  }

  @Test
  void saysWhyThereIsNoAnswer() throws IOException {
    try (Dialogue dialogue = shell("read question; printf 'failed\\tout of memory\\n'")) {
      assertThatThrownBy(() -> dialogue.ask("go")).isInstanceOf(IllegalStateException.class).hasMessage("shell: out of memory");
      assertThatThrownBy(() -> dialogue.ask("go")).hasMessage("shell ended without an answer");
    }
  }

  @Test
  void endsWhatTakesTooLong() throws IOException {
    try (Dialogue dialogue = new Dialogue("sleeper", List.of("sleep", "600"), 0.1)) {
      assertThatThrownBy(() -> dialogue.ask("go")).hasMessage("sleeper ended without an answer");
    }
  }
}
