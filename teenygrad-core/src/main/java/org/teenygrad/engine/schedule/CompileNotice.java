package org.teenygrad.engine.schedule;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.teenygrad.engine.runtime.Debug;

/// Says once that a schedule takes long to make, so that nobody takes a first step that compiles for one that hangs.
///
/// There is no timer: those who plan and compile ask after each step of theirs.
final class CompileNotice {
  /// What tells the time, in nanoseconds; tests have their own.
  static final ScopedValue<LongSupplier> CLOCK = ScopedValue.newInstance();

  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private final LongSupplier clock = CLOCK.orElse(System::nanoTime);
  private final long start = clock.getAsLong();
  private final AtomicBoolean said = new AtomicBoolean();

  /// @param work what is being done, such as `compiling 1,234 kernels for cpu`
  void during(Supplier<String> work) {
    if (clock.getAsLong() - start > PATIENCE_NANOS && said.compareAndSet(false, true)) {
      Debug.warn(work.get() + " takes more than 2 s; it is done once, the next steps reuse it");
    }
  }
}
