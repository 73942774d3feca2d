package org.teenygrad.nanochat.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;

class ToolUseTest {
  private static final NanochatTokenizer TOKENIZER = new TokenizerTrainer(265).train(Stream.of("text").iterator()).tokenizer();
  private static final Pattern SPECIAL = Pattern.compile("<\\|(\\w+)\\|>|.");

  /// What a row holds, what was forced in brackets and a point at the end if it is completed.
  private static String row(String sampled) {
    ToolUse row = new ToolUse(TOKENIZER);
    StringBuilder text = new StringBuilder();
    for (int token : tokens(sampled)) {
      ToolUse.Step step = row.next(token);
      text.append(step.forced() ? "[" + TOKENIZER.decode(step.token()) + "]" : TOKENIZER.decode(step.token()));
    }
    return text + (row.isCompleted() ? "." : "");
  }

  private static List<Integer> tokens(String text) {
    List<Integer> tokens = new ArrayList<>();
    for (Matcher piece = SPECIAL.matcher(text); piece.find(); ) {
      String name = piece.group(1);
      if (name == null) {
        Arrays.stream(TOKENIZER.encode(piece.group())).forEach(tokens::add);
      } else {
        tokens.add(TOKENIZER.token(SpecialToken.valueOf(name.toUpperCase(Locale.ROOT))));
      }
    }
    return tokens;
  }

  @Test
  void theResultFollowsTheCallWhateverIsSampled() {
    assertThat(row("a<|python_start|>12*3<|python_end|>????b<|assistant_end|>"))
        .isEqualTo("a<|python_start|>12*3<|python_end|>[<|output_start|>][3][6][<|output_end|>]b<|assistant_end|>.");
  }

  @Test
  void callsFollowEachOther() {
    assertThat(row("<|python_start|>1+1<|python_end|>???<|python_start|>'abc'.count('c')<|python_end|>???x"))
        .isEqualTo("<|python_start|>1+1<|python_end|>[<|output_start|>][2][<|output_end|>]"
            + "<|python_start|>'abc'.count('c')<|python_end|>[<|output_start|>][1][<|output_end|>]x");
  }

  @Test
  void goesOnWithoutAResult() {
    for (String nothing : List.of("a<|python_start|>1/0<|python_end|>bc", "a<|python_start|><|python_end|>b", "1+1<|python_end|>b", "<|python_start|>1+1")) {
      assertThat(row(nothing)).isEqualTo(nothing);
    }
  }

  @Test
  void anotherBeginningBeginsAnew() {
    assertThat(row("<|python_start|>9<|python_start|>1<|python_end|>???")).isEqualTo("<|python_start|>9<|python_start|>1<|python_end|>[<|output_start|>][1][<|output_end|>]");
  }

  @Test
  void endsWithTheAnswerOrANewDocument() {
    assertThat(row("a<|assistant_end|>")).isEqualTo("a<|assistant_end|>.");
    assertThat(row("<|bos|>")).isEqualTo("<|bos|>.");
  }
}
