package org.teenygrad.nanochat.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.nanochat.data.Split;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;

class PackedBatchesTest {
  /// Bytes and special tokens; `<|bos|>` is 256.
  private static final NanochatTokenizer TOKENIZER = new TokenizerTrainer(265).train(Stream.of("text").iterator()).tokenizer();

  private static final PackingOptions OPTIONS = PackingOptions.of(3, 64).withBufferSize(50);

  @TempDir private Path folder = Path.of("");

  /// 256 documents of 0 to 495 letters for training, and one for validation.
  @BeforeEach
  void writeCorpus() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      lines.append("{\"text\": \"");
      int length = (i * i * 37 + i * 11) % 97 + (i % 17 == 5 ? 400 : 0);
      for (int j = 0; j < length; j++) {
        lines.append((char) ('a' + (i + j) % 26));
      }
      lines.append("\"}\n");
    }
    Files.writeString(folder.resolve("a.jsonl"), lines);
    Files.writeString(folder.resolve("b.jsonl"), "{\"text\": \"validation\"}\n");
  }

  private PackedBatches batches(PackingOptions options) {
    return PackedBatches.ofDocuments(List.of(folder), Split.TRAIN, TOKENIZER, options);
  }

  private static void update(CRC32 crc, Tensor tensor) {
    int[] values = tensor.toIntArray();
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    crc.update(bytes);
  }

  /// The sums are those of what nanochat's own loader gives for these documents.
  @Test
  void batchesAreNanochats() {
    CRC32 crc = new CRC32();
    List<Long> sums = new ArrayList<>();
    try (PackedBatches batches = batches(OPTIONS)) {
      for (int i = 0; i < 40; i++) {
        Batch batch = batches.next();
        update(crc, batch.inputs());
        update(crc, batch.targets());
        sums.add(crc.getValue());
      }
      assertThat(batches.epoch()).isEqualTo(2);
    }
    assertThat(List.of(sums.get(0), sums.get(1), sums.get(39))).containsExactly(1_688_415_775L, 2_565_153_235L, 2_041_181_102L);
  }

  private static List<List<Integer>> take(PackedBatches batches, int count) {
    List<List<Integer>> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Batch batch = batches.next();
      List<Integer> values = new ArrayList<>();
      for (Tensor field : batch.fields()) {
        for (int value : field.toIntArray()) {
          values.add(value);
        }
      }
      taken.add(values);
    }
    return taken;
  }

  @Test
  void threadsDoNotChangeWhatComes() {
    try (PackedBatches one = batches(OPTIONS.withThreads(1)); PackedBatches five = batches(OPTIONS.withThreads(5))) {
      assertThat(take(five, 30)).isEqualTo(take(one, 30));
    }
  }

  @Test
  void goesOnAnywhereAsIfThereHadBeenNoBreak() {
    List<List<Integer>> all;
    try (PackedBatches whole = batches(OPTIONS)) {
      all = take(whole, 30);
    }
    for (int stop = 0; stop < 25; stop++) {
      Tensor state;
      long consumed;
      try (PackedBatches before = batches(OPTIONS)) {
        take(before, stop);
        state = before.state();
        consumed = before.consumed();
      }
      try (PackedBatches after = batches(OPTIONS)) {
        after.restore(state);
        assertThat(after.consumed()).isEqualTo(consumed);
        assertThat(after.state().toIntArray()).isEqualTo(state.toIntArray());
        assertThat(take(after, 5)).as("after %d batches", stop).isEqualTo(all.subList(stop, stop + 5));
      }
    }
  }

  @Test
  void refusesAStateOfOtherRows() {
    try (PackedBatches batches = batches(OPTIONS); PackedBatches shorter = batches(PackingOptions.of(3, 32)); PackedBatches other = batches(OPTIONS.withRank(1, 2))) {
      batches.next();
      Tensor state = batches.state();
      assertThatIllegalArgumentException().isThrownBy(() -> shorter.restore(state)).withMessageContaining("not that of documents in rows of 32 tokens on rank 0 of 1");
      assertThatIllegalArgumentException().isThrownBy(() -> other.restore(state)).withMessageContaining("on rank 1 of 2");
      assertThatIllegalArgumentException().isThrownBy(() -> other.restore(Tensor.of(64, 1))).withMessageContaining("begins with [64, 1]");
      assertThatIllegalStateException().isThrownBy(() -> batches.restore(state)).withMessageContaining("before the first batch");
    }
  }

  @Test
  void saysWhatIsWrongWithTheData() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), "{\"text\": \"good\"}\n{\"text\": 7}\n");
    try (PackedBatches batches = batches(OPTIONS)) {
      assertThatIllegalArgumentException().isThrownBy(batches::next).withMessageContaining("a.jsonl, line 2");
      assertThatIllegalStateException().isThrownBy(batches::next).withMessageContaining("closed");
    }
    Files.writeString(folder.resolve("a.jsonl"), "\n");
    try (PackedBatches batches = batches(OPTIONS)) {
      assertThatIllegalArgumentException().isThrownBy(batches::next).withMessageContaining("no documents for training");
    }
  }

  @Test
  void allTokensOfAnEpochAreUsedWhereTheyFit() throws IOException {
    StringBuilder text = new StringBuilder();
    List<Integer> given = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      text.append((char) ('a' + i % 26)).append("\n\n");
      given.add('a' + i % 26);
    }
    Files.delete(folder.resolve("a.jsonl"));
    Files.writeString(folder.resolve("a.txt"), text);
    try (PackedBatches batches = batches(PackingOptions.of(1, 255).withBufferSize(1))) {
      List<Integer> seen = new ArrayList<>();
      Batch batch = batches.next();
      seen.add(batch.inputs().toIntArray()[0]);
      for (int token : batch.targets().toIntArray()) {
        seen.add(token);
      }
      seen.removeAll(List.of(256));
      Collections.sort(seen);
      Collections.sort(given);
      assertThat(seen).isEqualTo(given);
    }
  }
}
