package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

@ResourceLock(Resources.SYSTEM_ERR)
class CompileNoticeTest {
  private static final long SECOND = 1_000_000_000L;

  /// What is said on stderr while a clock that tests wind runs an action.
  private static String said(LongSupplier clock, Runnable action) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream stderr = System.err;
    System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    try {
      ScopedValue.where(CompileNotice.CLOCK, clock).run(action);
    } finally {
      System.setErr(stderr);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private static String said(Consumer<AtomicLong> action) {
    AtomicLong clock = new AtomicLong();
    return said(clock::get, () -> action.accept(clock));
  }

  @Test
  void whatIsDoneInTwoSecondsSaysNothing() {
    assertThat(said(clock -> {
      CompileNotice notice = new CompileNotice();
      clock.set(2 * SECOND);
      notice.during(() -> "compiling");
    })).isEmpty();
  }

  @Test
  void whatTakesLongerSaysSoOnce() {
    assertThat(said(clock -> {
      CompileNotice notice = new CompileNotice();
      clock.set(2 * SECOND + 1);
      notice.during(() -> "compiling 1,234 kernels for cpu");
      clock.set(60 * SECOND);
      notice.during(() -> "compiling 1,234 kernels for cpu");
    })).isEqualToIgnoringNewLines("teenygrad: compiling 1,234 kernels for cpu takes more than 2 s; it is done once, the next steps reuse it");
  }

  @Test
  void aNewScheduleAsksAndOneThatIsKnownDoesNot() {
    AtomicLong clock = new AtomicLong();
    Device device = Device.of("null");
    Runnable step = () -> Tensor.of(new float[77], Shape.of(7, 11), device).exp().sum(1).realize();
    // A clock that gains three seconds whenever somebody looks.
    LongSupplier fast = () -> clock.addAndGet(3 * SECOND);
    assertThat(said(fast, step)).startsWith("teenygrad: planning ").contains(" operations for null takes more than 2 s").hasLineCount(1);
    assertThat(said(fast, step)).isEmpty();
  }
}
