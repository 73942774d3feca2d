package org.teenygrad;

import java.util.Locale;

/// A place where tensors live and kernels run: `interpreter`, `cpu`, `null` or `cuda:0`.
public record Device(String name) {
  /// The device of that name in its one spelling: lower case, `cuda` meaning `cuda:0`.
  public static Device of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return new Device(lower.equals("cuda") ? "cuda:0" : lower);
  }

  @Override
  public String toString() {
    return name;
  }
}
