package org.teenygrad.nn;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The forward hooks around some code, the innermost first.
///
/// @param outer null around the outermost
record Hooks(ForwardHook hook, @Nullable Hooks outer) {
  private static final ScopedValue<Hooks> AROUND = ScopedValue.newInstance();

  static @Nullable Hooks around() {
    return AROUND.isBound() ? AROUND.get() : null;
  }

  static <T> T call(ForwardHook hook, Supplier<T> action) {
    return ScopedValue.where(AROUND, new Hooks(hook, around())).call(action::get);
  }
}
