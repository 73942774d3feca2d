package org.teenygrad.plot;

import java.util.Locale;

/// The shapes of points, each centred on its place.
final class Markers {
  static final int KINDS = 7;

  /// A point for a legend, or for each of a few points.
  static final double RADIUS = 3.2;

  private Markers() {}

  /// Smaller, the more there are.
  static double radius(int count) {
    return count <= 300 ? RADIUS : count <= 3000 ? 2.2 : 1.5;
  }

  /// @param which of the places, in pixels, has a marker
  static void draw(Svg svg, String color, int kind, double radius, double[] xs, double[] ys, int[] which) {
    String shape = shape(kind, radius);
    StringBuilder path = new StringBuilder();
    for (int i : which) {
      path.append('M').append(Svg.number(xs[i])).append(' ').append(Svg.number(ys[i])).append(shape);
    }
    if (kind == 0) {
      svg.add("<path class=\"%s dots\" stroke-width=\"%s\" d=\"%s\"/>", color, Svg.number(2 * radius), path);
    } else {
      svg.path(color + (kind == 4 || kind == 5 ? " cross" : " mark"), path);
    }
  }

  static void draw(Svg svg, Ink ink, double x, double y) {
    draw(svg, ink.color(), ink.marker(), RADIUS, new double[] {x}, new double[] {y}, new int[] {0});
  }

  /// Path commands behind a move to the middle: circle, square, triangle, diamond, cross, plus, triangle downwards, all of about one size.
  private static String shape(int kind, double r) {
    return switch (kind) {
      case 0 -> "h0";
      case 1 -> commands("m%1$s %1$sh%2$sv%2$sh%3$sz", -0.9 * r, 1.8 * r, -1.8 * r);
      case 2 -> commands("m0 %1$sl%2$s %3$sh%4$sz", -1.25 * r, 1.2 * r, 2.1 * r, -2.4 * r);
      case 3 -> commands("m0 %1$sl%2$s %2$sl%1$s %2$sl%1$s %1$sz", -1.3 * r, 1.3 * r);
      case 4 -> commands("m%1$s %1$sl%2$s %2$sm0 %3$sl%3$s %2$s", -r, 2 * r, -2 * r);
      case 5 -> commands("m%1$s 0h%2$sm%1$s %1$sv%2$s", -1.2 * r, 2.4 * r);
      default -> commands("m0 %1$sl%2$s %3$sh%4$sz", 1.25 * r, 1.2 * r, -2.1 * r, -2.4 * r);
    };
  }

  private static String commands(String format, Double... lengths) {
    Object[] texts = new Object[lengths.length];
    for (int i = 0; i < lengths.length; i++) {
      texts[i] = Svg.number(lengths[i]);
    }
    return String.format(Locale.ROOT, format, texts);
  }
}
