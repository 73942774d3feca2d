package org.teenygrad.nanochat.packing;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.tasks.Task;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.RenderedConversation;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// Rows of whole conversations: nanochat's `sft_data_generator_bos_bestfit`. The longest buffered conversation that fits comes next; where
/// none fits, `<|bos|>` fills the row. Targets are what the assistant says, -1 elsewhere.
///
/// A conversation that is longer than a row is cut to it, otherwise it would stay in the buffer for ever.
final class ConversationRows implements RowSource {
  private static final int STATE_WORDS = StateHeader.SIZE + 4;

  private final Task task;
  private final NanochatTokenizer tokenizer;
  private final PackingOptions options;
  private final StateHeader header;
  private final BestFitBuffer<Buffered> buffer = new BestFitBuffer<>();
  private int epoch = 1;

  /// The next conversation to buffer.
  private int cursor;

  private long consumed;

  /// @param index of the conversation in the task
  private record Buffered(int index, RenderedConversation rendered) {}

  /// @throws IllegalArgumentException if the task has no conversations for this rank
  ConversationRows(Task task, NanochatTokenizer tokenizer, PackingOptions options) {
    if (task.size() <= options.rank()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "%d conversations cannot be shared by %d ranks: rank %d would have none", task.size(), options.worldSize(), options.rank()));
    }
    this.task = task;
    this.tokenizer = tokenizer;
    this.options = options;
    header = new StateHeader(StateHeader.Rows.CONVERSATIONS, options);
    cursor = options.rank();
  }

  @Override
  public Row next() {
    int[] tokens = new int[options.rowTokens()];
    boolean[] learned = new boolean[tokens.length];
    int filled = 0;
    for (Buffered fits = take(tokens.length); fits != null; fits = take(tokens.length - filled)) {
      for (int i = 0; i < fits.rendered.tokens().length; i++, filled++) {
        tokens[filled] = fits.rendered.tokens()[i];
        learned[filled] = fits.rendered.mask()[i] != 0;
      }
    }
    Arrays.fill(tokens, filled, tokens.length, tokenizer.token(SpecialToken.BOS));
    int[] targets = new int[options.sequenceLength()];
    Arrays.setAll(targets, i -> learned[i + 1] ? tokens[i + 1] : -1);
    return new Row(Arrays.copyOf(tokens, targets.length), targets);
  }

  private @Nullable Buffered take(int room) {
    if (room == 0) {
      return null;
    }
    while (buffer.size() < options.bufferSize()) {
      add(cursor);
      cursor += options.worldSize();
      if (cursor >= task.size()) {
        cursor %= task.size();
        epoch++;
      }
    }
    Buffered taken = buffer.takeLongest(room);
    consumed += taken == null ? 0 : 1;
    return taken;
  }

  private void add(int index) {
    RenderedConversation rendered = RenderedConversation.of(tokenizer, task.conversation(index), options.rowTokens());
    buffer.add(rendered.tokens().length, new Buffered(index, rendered));
  }

  /// Conversations that are buffered are kept as their numbers.
  @Override
  public Snapshot snapshot() {
    int[] buffered = buffer.contents().stream().mapToInt(Buffered::index).toArray();
    int atEpoch = epoch;
    int atCursor = cursor;
    long used = consumed;
    return new Snapshot(atEpoch, used, () -> Stream.of(header.words(), IntStream.of(atEpoch, atCursor), StateHeader.words(used), IntStream.of(buffered))
        .flatMapToInt(Function.identity()).toArray());
  }

  @Override
  public void restore(int... words) {
    header.require(STATE_WORDS, words);
    int[] conversations = Arrays.copyOfRange(words, STATE_WORDS, words.length);
    int largest = Math.max(words[StateHeader.SIZE + 1], Arrays.stream(conversations).max().orElse(0));
    if (largest >= task.size()) {
      throw new IllegalArgumentException(
          "the state names conversation " + largest + ", but there are " + task.size() + " from 0 on: these are other conversations");
    }
    epoch = words[StateHeader.SIZE];
    cursor = words[StateHeader.SIZE + 1];
    consumed = StateHeader.count(words[StateHeader.SIZE + 2], words[StateHeader.SIZE + 3]);
    Arrays.stream(conversations).forEach(this::add);
  }

  @Override
  public void close() {}
}
