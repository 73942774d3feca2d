package org.teenygrad.nanochat.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.tasks.Task;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;

class PackedConversationsTest {
  /// Bytes and special tokens; `<|bos|>` is 256, then come the user's and the assistant's.
  private static final NanochatTokenizer TOKENIZER = new TokenizerTrainer(265).train(Stream.of("text").iterator()).tokenizer();

  private static final PackingOptions OPTIONS = PackingOptions.of(4, 64).withBufferSize(PackingOptions.CONVERSATION_BUFFER_SIZE);

  /// 300 conversations of 7 to 185 tokens.
  private static final Task TASK = Task.of(IntStream.range(0, 300)
      .mapToObj(i -> conversation(letters(i, (i * i * 13 + 5 * i) % 40 + 1), letters(i * 3, i * 7 % 50 + (i % 19 == 3 ? 90 : 0) + 1)))
      .toList());

  private static String letters(int first, int count) {
    StringBuilder letters = new StringBuilder();
    IntStream.range(first, first + count).forEach(i -> letters.append((char) ('a' + i % 26)));
    return letters.toString();
  }

  private static Conversation conversation(String asked, String answered) {
    return new Conversation(List.of(Message.of(Role.USER, asked), Message.of(Role.ASSISTANT, answered)));
  }

  private static List<int[]> take(PackedBatches batches, int count) {
    List<int[]> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Batch batch = batches.next();
      taken.add(batch.inputs().toIntArray());
      taken.add(batch.targets().toIntArray());
    }
    return taken;
  }

  /// The sums are those of what nanochat's own generator gives for these conversations.
  @Test
  void batchesAreNanochats() {
    CRC32 crc = new CRC32();
    try (PackedBatches batches = PackedBatches.ofConversations(TASK, TOKENIZER, OPTIONS)) {
      for (long sum : new long[] {662_754_528L, 4_219_678_778L}) {
        take(batches, 1).forEach(values -> update(crc, values));
        assertThat(crc.getValue()).isEqualTo(sum);
      }
      assertThat(batches.consumed()).isEqualTo(8);
      assertThat(batches.epoch()).isEqualTo(1);
      take(batches, 58).forEach(values -> update(crc, values));
      assertThat(crc.getValue()).isEqualTo(639_989_388L);
      assertThat(batches.consumed()).isEqualTo(263);
      assertThat(batches.epoch()).isEqualTo(2);
    }
  }

  private static void update(CRC32 crc, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    crc.update(bytes);
  }

  @Test
  void onlyWhatTheAssistantSaysIsATarget() {
    Task two = Task.of(List.of(conversation("ab", "cd"), conversation("e", "f")));
    try (PackedBatches batches = PackedBatches.ofConversations(two, TOKENIZER, PackingOptions.of(1, 17).withBufferSize(2))) {
      Batch batch = batches.next();
      assertThat(batch.inputs().toIntArray()).containsExactly(256, 257, 97, 98, 258, 259, 99, 100, 260, 256, 257, 97, 98, 258, 259, 99, 100);
      assertThat(batch.targets().toIntArray()).containsExactly(-1, -1, -1, -1, -1, 99, 100, 260, -1, -1, -1, -1, -1, -1, 99, 100, 260);
      Batch padded = batches.next();
      assertThat(padded.inputs().toIntArray()).endsWith(99, 100, 260, 256);
      assertThat(padded.targets().toIntArray()).endsWith(99, 100, 260, -1, -1);
    }
  }

  @Test
  void goesOnAnywhereAsIfThereHadBeenNoBreak() {
    List<int[]> all;
    try (PackedBatches whole = PackedBatches.ofConversations(TASK, TOKENIZER, OPTIONS)) {
      all = take(whole, 80);
    }
    for (int stop = 0; stop < 75; stop += 7) {
      Tensor state;
      try (PackedBatches before = PackedBatches.ofConversations(TASK, TOKENIZER, OPTIONS)) {
        take(before, stop);
        state = before.state();
      }
      try (PackedBatches after = PackedBatches.ofConversations(TASK, TOKENIZER, OPTIONS)) {
        after.restore(state);
        assertThat(after.state().toIntArray()).isEqualTo(state.toIntArray());
        assertThat(take(after, 5)).as("after %d batches", stop).usingElementComparator(Arrays::compare).isEqualTo(all.subList(2 * stop, 2 * stop + 10));
      }
    }
  }

  @Test
  void ranksShareTheConversations() {
    List<Integer> first = new ArrayList<>();
    for (int rank = 0; rank < 3; rank++) {
      Task three = Task.of(List.of(conversation("a", "x"), conversation("b", "x"), conversation("c", "x")));
      try (PackedBatches batches = PackedBatches.ofConversations(three, TOKENIZER, PackingOptions.of(1, 6).withBufferSize(1).withRank(rank, 3))) {
        first.add(batches.next().inputs().toIntArray()[2]);
      }
    }
    assertThat(first).containsExactly((int) 'a', (int) 'b', (int) 'c');
    Task one = Task.of(List.of(conversation("a", "x")));
    assertThatIllegalArgumentException().isThrownBy(() -> PackedBatches.ofConversations(one, TOKENIZER, OPTIONS.withRank(1, 2)))
        .withMessageContaining("1 conversations cannot be shared by 2 ranks");
  }

  @Test
  void refusesAStateOfOtherConversations() {
    try (PackedBatches batches = PackedBatches.ofConversations(TASK, TOKENIZER, OPTIONS);
        PackedBatches fewer = PackedBatches.ofConversations(TASK.first(10), TOKENIZER, OPTIONS)) {
      batches.next();
      assertThatIllegalArgumentException().isThrownBy(() -> fewer.restore(batches.state())).withMessageContaining("but there are 10 from 0 on");
      assertThatIllegalArgumentException().isThrownBy(() -> fewer.restore(Tensor.of(0, 64, 0, 1, 1, 0, 0, 0))).withMessageContaining("not that of conversations");
    }
  }

  /// A question that fills the row leaves no target; the mean over none is 0 and its gradient, too.
  @Test
  void aRowWithoutTargetsHasLossZero() {
    Task longQuestion = Task.of(List.of(conversation(letters(0, 100), "never seen")));
    Gpt model = Gpt.of(new GptConfig(16, 265, 1, 1, 1, 32, "L"), DType.FLOAT32);
    try (PackedBatches batches = PackedBatches.ofConversations(longQuestion, TOKENIZER, PackingOptions.of(1, 16).withBufferSize(1))) {
      Batch batch = batches.next();
      assertThat(batch.targets().toIntArray()).containsOnly(-1);
      Tensor loss = model.loss(batch.inputs(), batch.targets());
      loss.backward();
      assertThat(loss.item()).isZero();
      assertThat(model.lmHead().weight().grad().toFloatArray()).containsOnly(0f);
    }
  }
}
