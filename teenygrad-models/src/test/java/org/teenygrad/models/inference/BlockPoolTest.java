package org.teenygrad.models.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockPoolTest {
  private static List<Integer> tokens(int first) {
    return IntStream.range(first, first + BlockPool.TOKENS).boxed().toList();
  }

  private static int taken(BlockPool pool) {
    return pool.take().orElseThrow();
  }

  @Test
  void blocksAreNumberedAsTheyAreNeededAndComeBack() {
    BlockPool pool = new BlockPool(3);
    assertThat(List.of(taken(pool), taken(pool))).containsExactly(0, 1);
    assertThat(pool.size()).isEqualTo(2);
    assertThat(pool.available()).isEqualTo(1);
    pool.release(0);
    assertThat(taken(pool)).isZero();
    assertThat(taken(pool)).isEqualTo(2);
    assertThat(pool.take()).isEmpty();
    IntStream.range(0, 3).forEach(pool::release);
    assertThat(pool.available()).isEqualTo(3);
  }

  @Test
  void aTextIsFoundByItsBlocksInOrder() {
    BlockPool pool = new BlockPool(8);
    int first = taken(pool);
    int second = taken(pool);
    long one = pool.remember(first, 0, tokens(0));
    long two = pool.remember(second, one, tokens(100));
    assertThat(pool.find(0, tokens(0))).hasValue(new BlockPool.Known(first, one));
    assertThat(pool.find(one, tokens(100))).hasValue(new BlockPool.Known(second, two));
    assertThat(pool.find(0, tokens(100))).as("without what was before it").isEmpty();
    assertThat(pool.find(one, tokens(0))).isEmpty();
  }

  @Test
  void theSameTextIsKnownOnce() {
    BlockPool pool = new BlockPool(8);
    int first = taken(pool);
    int same = taken(pool);
    assertThat(pool.remember(same, 0, tokens(0))).isEqualTo(pool.remember(first, 0, tokens(0)));
    pool.release(first);
    assertThat(pool.unused()).as("the other one is known").isZero();
    pool.release(same);
    assertThat(pool.unused()).isEqualTo(1);
    assertThat(pool.available()).isEqualTo(8);
  }

  @Test
  void sharedBlocksStayUntilNobodyUsesThem() {
    BlockPool pool = new BlockPool(1);
    int block = taken(pool);
    pool.remember(block, 0, tokens(0));
    assertThat(pool.find(0, tokens(0))).isPresent();
    pool.release(block);
    assertThat(pool.available()).isZero();
    pool.release(block);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void whatIsUnusedForLongestIsForgottenFirst() {
    BlockPool pool = new BlockPool(2);
    int old = taken(pool);
    int young = taken(pool);
    pool.remember(old, 0, tokens(0));
    long kept = pool.remember(young, 0, tokens(100));
    pool.release(old);
    pool.release(young);
    assertThat(taken(pool)).isEqualTo(old);
    assertThat(pool.find(0, tokens(0))).isEmpty();
    assertThat(pool.find(0, tokens(100))).hasValue(new BlockPool.Known(young, kept));
  }

  /// A processor fetches keys and values ahead in the order of memory.
  @Test
  void blocksThatAnotherTextGaveBackAreTakenInTheOrderOfMemory() {
    BlockPool pool = new BlockPool(4);
    Sequence first = sequence(pool, 0);
    assertThat(first.reserve(4 * BlockPool.TOKENS)).isTrue();
    first.advance(4 * BlockPool.TOKENS);
    first.release();
    Sequence second = sequence(pool, 1000);
    assertThat(second.reserve(3 * BlockPool.TOKENS)).isTrue();
    assertThat(second.blocks()).containsExactly(1, 2, 3);
    assertThat(second.reserve(5 * BlockPool.TOKENS)).as("there is one more").isFalse();
    assertThat(second.blocks()).containsExactly(1, 2, 3, 0);
  }

  private static Sequence sequence(BlockPool pool, int firstToken) {
    int[] prompt = IntStream.range(firstToken, firstToken + 4 * BlockPool.TOKENS).toArray();
    return new Sequence(new Generation(Request.of(prompt, 1, Sampling.GREEDY), Integer.MAX_VALUE), pool);
  }
}
