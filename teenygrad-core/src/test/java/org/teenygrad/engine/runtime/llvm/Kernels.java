package org.teenygrad.engine.runtime.llvm;

import java.util.Locale;

/// Kernels in LLVM IR, written by hand for tests.
public final class Kernels {
  private Kernels() {}

  /// `args[2] = args[0] + args[1]`; an item is 16 floats.
  public static String addVectors(String name) {
    return String.format(Locale.ROOT, """
    define void @%s(ptr noalias %%args, i64 %%begin, i64 %%end, ptr %%scratch) "prefer-vector-width"="512" {
    entry:
      %%a = load ptr, ptr %%args
      %%bSlot = getelementptr ptr, ptr %%args, i64 1
      %%b = load ptr, ptr %%bSlot
      %%cSlot = getelementptr ptr, ptr %%args, i64 2
      %%c = load ptr, ptr %%cSlot
      br label %%loop
    loop:
      %%i = phi i64 [ %%begin, %%entry ], [ %%next, %%loop ]
      %%offset = mul i64 %%i, 16
      %%x = getelementptr float, ptr %%a, i64 %%offset
      %%y = getelementptr float, ptr %%b, i64 %%offset
      %%z = getelementptr float, ptr %%c, i64 %%offset
      %%u = load <16 x float>, ptr %%x, align 4
      %%v = load <16 x float>, ptr %%y, align 4
      %%w = fadd <16 x float> %%u, %%v
      store <16 x float> %%w, ptr %%z, align 4
      %%next = add i64 %%i, 1
      %%more = icmp ult i64 %%next, %%end
      br i1 %%more, label %%loop, label %%done
    done:
      ret void
    }
    """, name);
  }

  /// `double name(double)` by a function of the C library's, such as `exp`.
  public static String callLibm(String name, String function) {
    return String.format(Locale.ROOT, """
    declare double @%2$s(double)
    define double @%1$s(double %%x) {
      %%y = call double @%2$s(double %%x)
      ret double %%y
    }
    """, name, function);
  }
}
