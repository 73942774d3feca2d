package org.teenygrad.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.OutOfMemoryException;

class HostAllocatorTest {
  private static final long MIB = 1L << 20;

  private final HostAllocator allocator = new HostAllocator(MemoryBudget.of(64 * MIB));

  @Test
  void buffersAreAlignedAndHoldWhatWasCopiedIn() {
    for (int length : new int[] {0, 1, 63, 64, 65, 4097}) {
      byte[] bytes = new byte[length];
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) (i * 7);
      }
      HostBuffer buffer = allocator.allocate(length);
      allocator.copyIn(buffer, MemorySegment.ofArray(bytes));
      byte[] back = new byte[length];
      allocator.copyOut(buffer, MemorySegment.ofArray(back));
      assertThat(back).isEqualTo(bytes);
      assertThat(buffer.address() % 64).isZero();
      assertThat(buffer.bytes()).isEqualTo(length);
    }
  }

  @Test
  void freedMemoryIsUsedAgain() {
    HostBuffer first = allocator.allocate(MIB);
    long address = first.address();
    first.free();
    first.free();
    assertThat(allocator.liveBytes()).isZero();
    assertThat(allocator.cachedBytes()).isEqualTo(MIB);
    assertThat(allocator.allocate(MIB).address()).isEqualTo(address);
    assertThat(allocator.cachedBytes()).isZero();
  }

  @Test
  void unreachableBuffersAreCollectedBeforeMemoryRunsOut() {
    for (int i = 0; i < 200; i++) {
      MemorySegment memory = allocator.allocate(MIB).segment();
      memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    }
    assertThat(allocator.liveBytes()).isLessThanOrEqualTo(64 * MIB);
  }

  @Test
  void runningOutNamesTheSizesAndTheCure() {
    List<HostBuffer> held = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      held.add(allocator.allocate(MIB));
    }
    assertThatThrownBy(() -> allocator.allocate(5 * MIB))
        .isInstanceOf(OutOfMemoryException.class)
        .hasMessageContaining("no room for 5.0 MiB: 60.0 MiB are in use, and 64.0 MiB is the limit")
        .hasMessageContaining("TEENYGRAD_MEMORY");
    held.forEach(HostBuffer::free);
    assertThat(allocator.allocate(5 * MIB).bytes()).isEqualTo(5 * MIB);
  }

  @Test
  void cachedMemoryOfOtherSizesMakesRoom() {
    List<HostBuffer> held = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      held.add(allocator.allocate(MIB));
    }
    held.forEach(HostBuffer::free);
    HostBuffer large = allocator.allocate(40 * MIB);
    assertThat(allocator.cachedBytes()).isZero();
    assertThat(large.bytes()).isEqualTo(40 * MIB); // and so reachable up to here
  }

  @Test
  void largeBlocksThatWereOutgrownAreGivenBack() {
    HostAllocator roomy = new HostAllocator(MemoryBudget.of(2048 * MIB));
    for (int mib = 100; mib < 600; mib += 100) {
      HostBuffer workspace = roomy.allocate(mib * MIB);
      assertThat(roomy.cachedBytes()).isLessThanOrEqualTo(roomy.liveBytes());
      workspace.free();
    }
  }

  @Test
  void whatIsLeftOfOtherSizesIsAFewPartsOfWhatIsHeld() {
    HostAllocator roomy = new HostAllocator(MemoryBudget.of(2048 * MIB));
    roomy.allocate(20 * MIB).free();
    HostBuffer workspace = roomy.allocate(640 * MIB);
    assertThat(roomy.peakBytes()).as("a block larger than all others together").isEqualTo(640 * MIB);
    roomy.allocate(24 * MIB).free();
    HostBuffer more = roomy.allocate(96 * MIB);
    assertThat(roomy.peakBytes()).as("24 of more than 736 MiB").isEqualTo(736 * MIB);
    assertThat(workspace.bytes() + more.bytes()).isEqualTo(736 * MIB);
  }

  @Test
  void atMostAQuarterOfASizeClassIsUnused() {
    for (long bytes = 1; bytes < 1L << 40; bytes = bytes * 9 / 8 + 1) {
      long size = BlockPool.sizeClass(bytes);
      assertThat(size).isGreaterThanOrEqualTo(bytes);
      assertThat(size % 64).isZero();
      assertThat(BlockPool.sizeClass(size)).isEqualTo(size);
      assertThat(size - bytes).isLessThanOrEqualTo(Math.max(63, bytes / 4));
    }
  }

  @Test
  void memorySizesAreReadAsPeopleWriteThem() {
    assertThat(MemoryBudget.parse("16g")).isEqualTo(16L << 30);
    assertThat(MemoryBudget.parse("1.5 GiB")).isEqualTo(3L << 29);
    assertThat(MemoryBudget.parse("512MB")).isEqualTo(512 * MIB);
    assertThat(MemoryBudget.parse("1000000")).isEqualTo(1_000_000);
    for (String none : List.of("lots", "-1g", "", "0", "g", "NaN", "1e3", "0x1p3", "999999999999999999g")) {
      assertThat(MemoryBudget.parse(none)).as(none).isNull();
    }
  }
}
