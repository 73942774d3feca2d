package org.teenygrad.blas;

import java.util.Locale;

/// A parameter of a BLAS routine has an illegal value: what the reference implementation reports through `XERBLA`.
public final class BlasParameterException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String routine;
  private final int parameter;

  BlasParameterException(String routine, int parameter, String name, Object given, String needed) {
    super(String.format(Locale.ROOT, "%s: parameter %d, %s = %s; %s", routine, parameter, name, given, needed));
    this.routine = routine;
    this.parameter = parameter;
  }

  /// The routine as the reference calls it: `DGEMM`.
  public String routine() {
    return routine;
  }

  /// The number of the parameter in the reference's interface, from 1; offsets, which that has not, are not counted.
  public int parameter() {
    return parameter;
  }
}
