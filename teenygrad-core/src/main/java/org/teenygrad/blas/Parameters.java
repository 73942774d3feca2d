package org.teenygrad.blas;

import java.util.Locale;

/// Checks the parameters of one call, in their order; each method returns what the parameter means.
record Parameters(String routine) {

  static Parameters of(Numbers numbers, String name) {
    return new Parameters(numbers.letter() + name);
  }

  /// Whether a matrix is meant transposed; `C`, the conjugate, is the same for real numbers.
  boolean transposed(int number, String name, char given) {
    return letter(number, name, given, "NTC") > 0;
  }

  boolean upper(int number, char given) {
    return letter(number, "uplo", given, "LU") > 0;
  }

  boolean unit(int number, char given) {
    return letter(number, "diag", given, "NU") > 0;
  }

  boolean left(int number, char given) {
    return letter(number, "side", given, "RL") > 0;
  }

  private int letter(int number, String name, char given, String legal) {
    int which = legal.indexOf(Character.toUpperCase(given));
    require(which >= 0, number, name, "'" + given + "'", "it must be one of " + String.join(", ", legal.split("")));
    return which;
  }

  void size(int number, String name, int given) {
    require(given >= 0, number, name, given, "it must not be negative");
  }

  /// The elements between the columns of an array that holds so many rows.
  void leading(int number, String name, int given, int rows) {
    require(given >= Math.max(1, rows), number, name, given, "it must be at least " + Math.max(1, rows));
  }

  void increment(int number, String name, int given) {
    require(given != 0, number, name, given, "it must not be 0");
  }

  private void require(boolean legal, int number, String name, Object given, String needed) {
    if (!legal) {
      throw new BlasParameterException(routine, number, name, given, needed);
    }
  }

  /// Whether an array has the columns of a matrix.
  void matrix(String name, Numbers array, Columns columns, int n) {
    if (n > 0) {
      array(name, array, columns.reach(n));
    }
  }

  /// Where the first of n elements lies: at the end of the array's part where the increment is negative.
  int vector(String name, Numbers array, int n, int increment) {
    if (n < 1) {
      return 0;
    }
    array(name, array, (n - 1L) * Math.abs((long) increment) + 1);
    return increment < 0 ? -(n - 1) * increment : 0;
  }

  private void array(String name, Numbers array, long needed) {
    if (array.start() < 0 || needed > array.available()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "%s: array %s has %d elements from offset %d on; %d are needed",
          routine, name,
          Math.max(0, array.available()), array.start(), needed));
    }
  }
}
