package org.teenygrad.plot;

import java.util.List;
import java.util.stream.IntStream;

/// How colours look: CIELAB, WCAG's contrast, and to the colour-blind (Machado, Oliveira and Fernandes 2009, severity 1).
final class Vision {
  private static final double[][] NORMAL = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  private static final double[][] PROTANOPIA = {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}};
  private static final double[][] DEUTERANOPIA = {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}};
  private static final double[][] TRITANOPIA = {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}};
  static final List<double[][]> EYES = List.of(NORMAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA);

  private Vision() {}

  private static double[] linear(int color) {
    return IntStream.of(16, 8, 0).mapToDouble(shift -> (color >> shift & 255) / 255.0)
        .map(c -> c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4)).toArray();
  }

  private static double[] times(double[][] matrix, double[] vector) {
    return IntStream.range(0, 3).mapToDouble(i -> IntStream.range(0, 3).mapToDouble(j -> matrix[i][j] * vector[j]).sum()).toArray();
  }

  private static double[] lab(double[] rgb) {
    double[] xyz = times(new double[][] {{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}}, rgb);
    double[] f = IntStream.range(0, 3).mapToDouble(i -> Math.max(0, xyz[i]) / new double[] {0.95047, 1, 1.08883}[i])
        .map(t -> t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116.0).toArray();
    return new double[] {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
  }

  static double lightness(int color) {
    return lab(linear(color))[0];
  }

  static double contrast(int one, int other) {
    double a = times(new double[][] {{0.2126, 0.7152, 0.0722}, {0, 0, 0}, {0, 0, 0}}, linear(one))[0];
    double b = times(new double[][] {{0.2126, 0.7152, 0.0722}, {0, 0, 0}, {0, 0, 0}}, linear(other))[0];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  /// The distance in CIELAB; about 2 can just be seen side by side.
  static double distance(int one, int other, double[][] eyes) {
    double[] a = lab(times(eyes, linear(one)));
    double[] b = lab(times(eyes, linear(other)));
    return Math.sqrt(IntStream.range(0, 3).mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i])).sum());
  }
}
