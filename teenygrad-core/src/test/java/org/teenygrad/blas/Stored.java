package org.teenygrad.blas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/// A matrix or vector in an array as BLAS holds it. Everything in the array that is not an element is NaN: who reads it, is found out, and so is who
/// writes it.
///
/// @param place (rows, columns): where in the array an element stands; -1 where it is not held
record Stored(double[] array, int offset, int leading, int[][] place) {
  private static final int GUARD = 3;

  /// Where element (i, j) stands behind the offset; -1 for nowhere, -2 - p for a place p that the array has but nobody may look at.
  interface Place {
    int of(int i, int j);
  }

  static Stored of(double[][] dense, int rows, int columns, int leading, Place place) {
    int[][] places = new int[rows][columns];
    int greatest = -1;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        places[i][j] = place.of(i, j) < 0 ? -1 : GUARD + place.of(i, j);
        greatest = Math.max(greatest, place.of(i, j) < 0 ? -2 - place.of(i, j) : place.of(i, j));
      }
    }
    double[] array = new double[greatest + 1 + 2 * GUARD];
    Arrays.fill(array, Double.NaN);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        if (places[i][j] >= 0) {
          array[places[i][j]] = dense[i][j];
        }
      }
    }
    return new Stored(array, GUARD, leading, places);
  }

  static Stored general(double[][] dense, int rows, int columns) {
    int leading = rows + 1;
    return of(dense, rows, columns, leading, (i, j) -> i + j * leading);
  }

  static Stored band(double[][] dense, int rows, int columns, int below, int above) {
    int leading = below + above + 2;
    return of(dense, rows, columns, leading, (i, j) -> i - j > below || j - i > above ? -1 : above + i - j + j * leading);
  }

  static Stored triangle(double[][] dense, int n, boolean upper, boolean unit) {
    int leading = n + 1;
    return of(dense, n, n, leading, (i, j) -> held(i, j, upper) ? shown(i, j, unit, i + j * leading) : -1);
  }

  static Stored bandTriangle(double[][] dense, int n, int k, boolean upper, boolean unit) {
    int leading = k + 2;
    return of(dense, n, n, leading, (i, j) -> !held(i, j, upper) || Math.abs(i - j) > k ? -1 : shown(i, j, unit, (upper ? k : 0) + i - j + j * leading));
  }

  static Stored packed(double[][] dense, int n, boolean upper, boolean unit) {
    return of(dense, n, n, 0, (i, j) -> !held(i, j, upper) ? -1 : shown(i, j, unit, upper ? i + j * (j + 1) / 2 : i + j * (2 * n - j - 1) / 2));
  }

  private static boolean held(int i, int j, boolean upper) {
    return i == j || upper == i < j;
  }

  private static int shown(int i, int j, boolean unit, int place) {
    return unit && i == j ? -2 - place : place;
  }

  static Stored vector(double[] dense, int increment) {
    double[][] column = new double[dense.length][1];
    Arrays.setAll(column, i -> new double[] {dense[i]});
    int n = dense.length;
    return of(column, n, 1, increment, (i, j) -> increment > 0 ? i * increment : (n - 1 - i) * -increment);
  }

  double get(int i, int j) {
    return array[place[i][j]];
  }

  Stored copy() {
    return new Stored(array.clone(), offset, leading, place);
  }

  /// The largest error of what is held, in units of eps times the sum of the magnitudes that were added; all else must be as it was before.
  double ratio(Stored before, double[][] wanted, double[][] gauge, double eps) {
    double worst = 0;
    boolean[] element = new boolean[array.length];
    for (int i = 0; i < place.length; i++) {
      for (int j = 0; j < place[i].length; j++) {
        if (place[i][j] >= 0) {
          element[place[i][j]] = true;
          double error = Math.abs(array[place[i][j]] - wanted[i][j]);
          worst = Math.max(worst, error == 0 ? 0 : error / (eps * gauge[i][j])); // NaN stays
        }
      }
    }
    for (int p = 0; p < array.length; p++) {
      if (!element[p]) {
        assertThat(Double.doubleToLongBits(array[p])).as("guard %d", p).isEqualTo(Double.doubleToLongBits(before.array[p]));
      }
    }
    return worst;
  }

  void isAsBefore(Stored before) {
    assertThat(Arrays.equals(array, before.array)).as("unchanged").isTrue();
  }
}
