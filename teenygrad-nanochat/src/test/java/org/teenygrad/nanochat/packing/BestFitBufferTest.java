package org.teenygrad.nanochat.packing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BestFitBufferTest {
  private record Item(int length, int number) {}

  @Test
  void takesWhatASearchThroughAListFinds() {
    Random random = new Random(5);
    BestFitBuffer<Item> buffer = new BestFitBuffer<>();
    List<Item> list = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      if (random.nextInt(5) < 3) {
        Item item = new Item(1 + random.nextInt(20), i);
        buffer.add(item.length, item);
        list.add(item);
      } else if (random.nextBoolean()) {
        int most = random.nextInt(22);
        assertThat(buffer.takeLongest(most)).isEqualTo(longest(list, most));
      } else {
        assertThat(buffer.takeShortest()).isEqualTo(shortest(list));
      }
      assertThat(buffer.size()).isEqualTo(list.size());
    }
    BestFitBuffer<Item> copy = new BestFitBuffer<>();
    buffer.contents().forEach(item -> copy.add(item.length, item));
    while (buffer.size() > 0) {
      assertThat(copy.takeShortest()).isEqualTo(buffer.takeShortest());
    }
    assertThat(copy.size()).isZero();
  }

  private static @Nullable Item longest(List<Item> list, int most) {
    Item best = null;
    for (Item item : list) {
      if (item.length <= most && (best == null || item.length > best.length)) {
        best = item;
      }
    }
    list.remove(best);
    return best;
  }

  private static @Nullable Item shortest(List<Item> list) {
    Item best = null;
    for (Item item : list) {
      if (best == null || item.length < best.length) {
        best = item;
      }
    }
    list.remove(best);
    return best;
  }
}
