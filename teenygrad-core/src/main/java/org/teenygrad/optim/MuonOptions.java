package org.teenygrad.optim;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// How [Muon] differs from what Jordan began with.
///
/// ```java
/// MuonOptions.DEFAULT.withOrthogonalization(Orthogonalization.POLAR_EXPRESS).withCautiousDecay(true);
/// ```
/// @param momentum how much of the running mean of gradients stays at each step
/// @param nesterov whether the gradient itself moves the parameter too
/// @param scale how large a step is for a matrix of that shape
/// @param orthogonalization which polynomials move the singular values towards 1
/// @param type what the polynomials are computed in, bfloat16 as PyTorch does or float32; null for the type of the states
/// @param equalRows whether rows get one norm before that, which brings small singular values nearer to the large ones (*MuonEq*,
///     arXiv:2603.28254)
/// @param exactNorm whether the step then gets the norm that an orthogonal matrix has, `sqrt(min(rows, columns))`
///     (*Muon+*, arXiv:2602.21545)
/// @param beta2 how much stays of the running mean square of each row (each column, in wide matrices), by whose root
///     its steps are divided, the whole keeping its norm (Li et al., *NorMuon*, 2025); null for no such thing
/// @param cautiousDecay whether weights decay only where the step draws them towards 0 too, and as much as the scaled
///     step says (Chen et al., *Cautious Weight Decay*, 2025)
public record MuonOptions(
    double momentum,
    boolean nesterov,
    Muon.Scale scale,
    Orthogonalization orthogonalization,
    @Nullable DType type,
    boolean equalRows,
    boolean exactNorm,
    @Nullable Double beta2,
    boolean cautiousDecay) {

  /// PyTorch's: Nesterov's momentum 0.95, a Newton-Schulz iteration.
  public static final MuonOptions DEFAULT = new MuonOptions(
      0.95, true, Muon.Scale.ROWS_BY_COLUMNS, Orthogonalization.NEWTON_SCHULZ, null, false, false, null, false);

  /// nanochat's: all of it.
  public static final MuonOptions NANOCHAT = new MuonOptions(
      0.95, true, Muon.Scale.ROWS_BY_COLUMNS, Orthogonalization.POLAR_EXPRESS, null, true, true, 0.9, true);

  /// @throws IllegalArgumentException if momentum or beta2 is not in [0, 1), or the type is not floating
  public MuonOptions {
    requireFraction("momentum", momentum);
    if (beta2 != null) {
      requireFraction("beta2", beta2);
    }
    if (type != null && !type.isFloating()) {
      throw new IllegalArgumentException("Muon: polynomials are computed in a floating type, not " + type);
    }
  }

  private static void requireFraction(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "Muon: %s must be in [0, 1), not %s", name, value));
    }
  }

  public MuonOptions withMomentum(double changed, boolean withNesterov) {
    return new MuonOptions(changed, withNesterov, scale, orthogonalization, type, equalRows, exactNorm, beta2, cautiousDecay);
  }

  public MuonOptions withScale(Muon.Scale changed) {
    return new MuonOptions(momentum, nesterov, changed, orthogonalization, type, equalRows, exactNorm, beta2, cautiousDecay);
  }

  public MuonOptions withOrthogonalization(Orthogonalization changed) {
    return new MuonOptions(momentum, nesterov, scale, changed, type, equalRows, exactNorm, beta2, cautiousDecay);
  }

  /// @throws IllegalArgumentException if the type is not floating
  public MuonOptions withType(@Nullable DType changed) {
    return new MuonOptions(momentum, nesterov, scale, orthogonalization, changed, equalRows, exactNorm, beta2, cautiousDecay);
  }

  public MuonOptions withCautiousDecay(boolean changed) {
    return new MuonOptions(momentum, nesterov, scale, orthogonalization, type, equalRows, exactNorm, beta2, changed);
  }
}
