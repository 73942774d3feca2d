package org.teenygrad.nanochat.tasks;

import static org.teenygrad.nanochat.tokenizer.SpecialToken.ASSISTANT_END;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.BOS;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.OUTPUT_END;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.OUTPUT_START;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.PYTHON_END;
import static org.teenygrad.nanochat.tokenizer.SpecialToken.PYTHON_START;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;

/// What one row of a generation does with its tool, a state machine: `<|python_start|>`, an expression and `<|python_end|>` make the
/// [Calculator]'s result come next, between `<|output_start|>` and `<|output_end|>`, whatever the model samples meanwhile. Without a
/// result the model goes on. An engine's [row state][RowState].
///
/// ```java
/// ToolUse row = new ToolUse(tokenizer);
/// while (!row.isCompleted()) {
///   ToolUse.Step step = row.next(sampled);   // the row's next token, which may be another than the sampled one
/// }
/// ```
public final class ToolUse implements RowState {
  private final NanochatTokenizer tokenizer;
  private final Deque<Integer> forced = new ArrayDeque<>();

  /// The tokens of an expression that has begun; null outside of one.
  private IntStream.@Nullable Builder expression;

  private boolean completed;

  public ToolUse(NanochatTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// A row's next token.
  /// @param forced whether it was not sampled, but is the tool's
  public record Step(int token, boolean forced) {}

  /// @param sampled the model's next token, which is not used if the tool's are due
  public Step next(int sampled) {
    OptionalInt due = due();
    int token = due.orElse(sampled);
    accept(token);
    return new Step(token, due.isPresent());
  }

  /// The tool's next token, if there is one.
  @Override
  public OptionalInt due() {
    Integer due = forced.peek();
    return due == null ? OptionalInt.empty() : OptionalInt.of(due);
  }

  @Override
  public void accept(int token) {
    forced.poll();
    if (token == tokenizer.token(ASSISTANT_END) || token == tokenizer.token(BOS)) {
      completed = true;
    }
    IntStream.Builder begun = expression;
    if (token == tokenizer.token(PYTHON_START)) {
      expression = IntStream.builder();
    } else if (begun != null && token == tokenizer.token(PYTHON_END)) {
      expression = null;
      Calculator.compute(tokenizer.decode(begun.build().toArray())).ifPresent(this::force);
    } else if (begun != null) {
      begun.add(token);
    }
  }

  private void force(String result) {
    forced.add(tokenizer.token(OUTPUT_START));
    for (int token : tokenizer.encode(result)) {
      forced.add(token);
    }
    forced.add(tokenizer.token(OUTPUT_END));
  }

  /// Whether `<|assistant_end|>` or `<|bos|>` has come.
  @Override
  public boolean isCompleted() {
    return completed;
  }
}
