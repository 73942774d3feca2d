package org.teenygrad.plot;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/// Points as pixels, no more of them than a reader can see.
final class Thinning {
  private static final int MOST_MARKERS = 20_000;
  private static final int MOST_VERTICES = 20_000;

  private Thinning() {}

  /// A line through the points as the data of an SVG path.
  ///
  /// Of each run of points in one pixel column, the first, least, greatest and last are drawn. Points without a pixel
  /// break the line; those that stand alone become dots. Of a line that goes to and fro so often that this leaves more
  /// than 20,000 points, every few are drawn.
  static StringBuilder path(double[] xs, double[] ys) {
    StringBuilder path = new StringBuilder();
    int vertices = 0;
    boolean broken = true;
    boolean dot = false;
    for (int from = 0, to; from < xs.length; from = to) {
      to = from;
      if (!drawn(xs, ys, from)) {
        path.append(dot ? "h0" : "");
        broken = true;
        dot = false;
        to++;
        continue;
      }
      long column = Math.round(xs[from]);
      int low = from;
      int high = from;
      int last = from;
      boolean gap = false;
      for (to = from + 1; to < xs.length && (!drawn(xs, ys, to) || Math.round(xs[to]) == column); to++) {
        if (!drawn(xs, ys, to)) {
          gap = true;
          continue;
        }
        low = ys[to] < ys[low] ? to : low;
        high = ys[to] > ys[high] ? to : high;
        last = to;
      }
      int previous = -1;
      for (int i : new int[] {from, Math.min(low, high), Math.max(low, high), last}) {
        if (i != previous) {
          path.append(broken ? "M" : "L").append(Svg.number(xs[i])).append(' ').append(Svg.number(ys[i]));
          dot = broken;
          broken = false;
          previous = i;
          vertices++;
        }
      }
      if (gap) {
        path.append(dot ? "h0" : "");
        broken = true;
        dot = false;
      }
    }
    return vertices <= MOST_VERTICES ? path.append(dot ? "h0" : "") : path(everyFew(xs, vertices), everyFew(ys, vertices));
  }

  private static double[] everyFew(double[] places, int vertices) {
    int step = (vertices + MOST_VERTICES - 1) / MOST_VERTICES;
    return IntStream.range(0, (places.length + step - 1) / step).mapToDouble(i -> places[i * step]).toArray();
  }

  /// The numbers of the points to draw: one for each place of a raster, as fine as the count allows.
  static int[] points(double[] xs, double[] ys) {
    for (double cell = 0.5; ; cell *= 2) {
      Set<Long> taken = new HashSet<>();
      int[] kept = new int[xs.length];
      int count = 0;
      for (int i = 0; i < xs.length && count <= MOST_MARKERS; i++) {
        if (drawn(xs, ys, i) && taken.add(Math.round(xs[i] / cell) << 32 ^ Math.round(ys[i] / cell) & 0xffffffffL)) {
          kept[count++] = i;
        }
      }
      if (count <= MOST_MARKERS) {
        return Arrays.copyOf(kept, count);
      }
    }
  }

  private static boolean drawn(double[] xs, double[] ys, int i) {
    return Double.isFinite(xs[i]) && Double.isFinite(ys[i]);
  }
}
