package org.teenygrad;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Settings;

/// The book's eager mode: every operation is computed as it is called, one kernel each.
///
/// It is off by default (graph mode) and gives the same answers. Switch it on for the whole program by the
/// environment variable `TEENYGRAD_EAGER=1` or the system property `teenygrad.eager`, or for a while on this
/// thread:
/// ```java
/// try (var _ = Eager.scope()) {
///   x.exp().mul(y);   // two kernels, both have run
/// }
/// ```
public final class Eager implements AutoCloseable {
  private static volatile @Nullable Boolean always;
  private static final ScopedValue<Boolean> SUSPENDED = ScopedValue.newInstance();
  private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

  private Eager() {
    DEPTH.set(DEPTH.get() + 1);
  }

  /// Eager mode on the calling thread until the scope is closed; scopes nest.
  public static Eager scope() {
    return new Eager();
  }

  /// Whether operations on this thread run at once.
  public static boolean enabled() {
    return !SUSPENDED.isBound() && (always() || DEPTH.get() > 0);
  }

  /// What an action gives that writes expressions while others are computed: none of its operations runs.
  static <T> T suspended(Supplier<T> action) {
    return ScopedValue.where(SUSPENDED, true).call(action::get);
  }

  private static boolean always() {
    Boolean known = always;
    if (known == null) {
      known = Settings.EAGER.or(false);
      always = known;
    }
    return known;
  }

  @Override
  public void close() {
    DEPTH.set(DEPTH.get() - 1);
  }
}
