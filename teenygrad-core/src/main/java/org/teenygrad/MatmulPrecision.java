package org.teenygrad;

import java.util.function.Supplier;

/// How exactly matrices of float32 are multiplied: `torch.set_float32_matmul_precision`.
///
/// It starts as [#HIGHEST]. The precision belongs to the code that runs, and is asked when results are computed, not when their expression
/// is built: what derivatives make of a product is under it, too.
///
/// ```java
/// Tensor product = x.matmul(weight);
/// MatmulPrecision.HIGH.run(product::realize);
/// ```
///
/// It is a permission: a device without such instructions, and a product too small for them, stays with float32. CPUs do for
/// [#HIGH], GPUs take MEDIUM and LOW for HIGH.
public enum MatmulPrecision {
  /// In float32.
  HIGHEST,

  /// With factors rounded to TensorFloat32, which has float32's exponents and 10 bits of mantissa; their products are added in float32. A
  /// relative error of 2^-11 for each factor, several times as fast on an NVIDIA GPU's tensor cores.
  HIGH,

  /// With factors rounded to bfloat16, which has float32's exponents and 7 bits of mantissa; their products are added in float32. A
  /// relative error of 2^-9 for each factor; products of more than 64 rows are about twice as fast on processors with instructions
  /// for pairs of bfloat16 (AVX-512's and AMX's).
  MEDIUM,

  /// On a processor, what is multiplied by quantised weights is rounded to 8 bits, so that integers are multiplied, as llama.cpp
  /// does. Each 32 neighbours along the inner dimension, or 16 where a format has other scales after so many, have a factor of
  /// their own: an error of at most 1/254 of the largest of them. A row has the same bits among any number of rows. All other
  /// products are those of HIGHEST.
  LOW;

  private static final ScopedValue<MatmulPrecision> CURRENT = ScopedValue.newInstance();

  /// The precision of the innermost [#call] or [#run] around this code, or HIGHEST.
  public static MatmulPrecision current() {
    return CURRENT.orElse(HIGHEST);
  }

  /// Does `action` in this precision and returns what it returns.
  public <T> T call(Supplier<T> action) {
    return ScopedValue.where(CURRENT, this).call(action::get);
  }

  /// Does `action` in this precision.
  public void run(Runnable action) {
    ScopedValue.where(CURRENT, this).run(action);
  }
}
