package org.teenygrad.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SaverTest {
  private final List<String> happened = new CopyOnWriteArrayList<>();

  @Test
  void writesBesideItsCallerInOrder() {
    CountDownLatch called = new CountDownLatch(1);
    try (Saver saver = new Saver()) {
      saver.write(() -> {
        awaitIt(called);
        happened.add("first");
      }, () -> happened.add("first is there"));
      happened.add("called");
      called.countDown();
      saver.write(() -> happened.add("second"), () -> happened.add("second is there"));
    }
    assertThat(happened).containsExactly("called", "first", "first is there", "second", "second is there");
  }

  @Test
  void anErrorReachesWhoeverWaits() {
    Saver saver = new Saver();
    saver.write(() -> {
      throw new IllegalStateException("disk full");
    }, () -> happened.add("announced"));
    assertThatThrownBy(() -> saver.write(() -> happened.add("more"), () -> {})).isInstanceOf(IllegalStateException.class).hasMessage("disk full");
    saver.close();
    assertThat(happened).isEmpty();
  }

  @Test
  void anErrorIsSeenWithoutWaitingForTheNextWrite() {
    CountDownLatch looked = new CountDownLatch(1);
    try (Saver saver = new Saver()) {
      saver.write(() -> {
        awaitIt(looked);
        throw new IllegalStateException("disk full");
      }, () -> happened.add("announced"));
      saver.look(); // it is not done yet
      looked.countDown();
      assertThatThrownBy(() -> {
        while (true) {
          saver.look();
        }
      }).isInstanceOf(IllegalStateException.class).hasMessage("disk full");
    }
    assertThat(happened).isEmpty();
  }

  private static void awaitIt(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
