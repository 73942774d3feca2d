package org.teenygrad.models.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Variables by name. What is set in a loop's body or a macro is gone after it; what is around can be seen from there.
final class Scope {
  private final Map<String, Object> values = new HashMap<>();
  private final @Nullable Scope around;

  Scope(@Nullable Scope around) {
    this.around = around;
  }

  Object get(String name) {
    for (@Nullable Scope scope = this; scope != null; scope = scope.around) {
      Object value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Values.Undefined(name);
  }

  void set(String name, Object value) {
    values.put(name, value);
  }
}
