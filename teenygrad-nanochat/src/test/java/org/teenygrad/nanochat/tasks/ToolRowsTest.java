package org.teenygrad.nanochat.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;

/// [ToolUse] as the state of an engine's row.
class ToolRowsTest {
  private static final NanochatTokenizer TOKENIZER = new TokenizerTrainer(265).train(Stream.of("text").iterator()).tokenizer();

  @Test
  void theResultIsDueBetweenItsMarksAndNothingAfterwards() {
    ToolUse row = new ToolUse(TOKENIZER);
    row.accept(TOKENIZER.token(SpecialToken.PYTHON_START));
    for (int token : TOKENIZER.encode("6*7")) {
      row.accept(token);
    }
    assertThat(row.due()).isEmpty();
    row.accept(TOKENIZER.token(SpecialToken.PYTHON_END));
    for (int expected : List.of(
        TOKENIZER.token(SpecialToken.OUTPUT_START), TOKENIZER.encode("4")[0], TOKENIZER.encode("2")[0], TOKENIZER.token(SpecialToken.OUTPUT_END))) {
      assertThat(row.due()).isEqualTo(OptionalInt.of(expected));
      assertThat(row.due()).isEqualTo(OptionalInt.of(expected)); // asking changes nothing
      row.accept(expected);
    }
    assertThat(row.due()).isEmpty();
    assertThat(row.isCompleted()).isFalse();
    row.accept(TOKENIZER.token(SpecialToken.ASSISTANT_END));
    assertThat(row.isCompleted()).isTrue();
  }
}
