package org.teenygrad.plot;

import java.util.ArrayList;
import java.util.List;

/// Names beside points, each where it covers least: other names, points, and what is outside of the plot. Where a crowd leaves no room for
/// a name, it is left out: two that lie on one another cannot be read either.
final class PointLabels {
  private static final double GAP = 3;
  private static final double STEP = 4;
  private static final int MOST = 5000;

  /// The part of a name that others may lie under.
  private static final double READABLE = 0.15;

  /// Directions from a point, the most readable first.
  private static final int[][] SIDES = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}};

  private record Box(double left, double top, double right, double bottom) {
    double shared(Box other) {
      double width = Math.min(right, other.right) - Math.max(left, other.left);
      double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
      return width > 0 && height > 0 ? width * height : 0;
    }

    double area() {
      return (right - left) * (bottom - top);
    }
  }

  private record Named(double x, double y, double radius, String name) {}

  private record Placed(Box box, String text) {}

  private final Box area;
  private final List<Placed> lines = new ArrayList<>();
  private final List<Named> points = new ArrayList<>();
  private final List<Box> taken = new ArrayList<>();
  private final List<double[][]> avoided = new ArrayList<>();

  PointLabels(double left, double top, double right, double bottom) {
    area = new Box(left, top, right, bottom);
  }

  /// @param name may be empty: then it is only a place that others do not cover
  void add(double x, double y, double radius, String name) {
    taken.add(new Box(x - radius, y - radius, x + radius, y + radius));
    if (!name.isBlank()) {
      points.add(new Named(x, y, radius, name));
    }
  }

  /// A line in pixels that names do not cover where they can help it.
  void avoid(double[] xs, double[] ys) {
    avoided.add(new double[][] {xs, ys});
  }

  /// Small boxes along the avoided lines, no more than a few thousand.
  private void takeLines() {
    for (double[][] line : avoided) {
      double x = Double.NaN;
      double y = Double.NaN;
      for (int i = 0; i < line[0].length && taken.size() < MOST; i++) {
        int pieces = (int) Math.min(MOST, Math.max(1, Math.hypot(line[0][i] - x, line[1][i] - y) / STEP));
        for (int piece = 1; Double.isFinite(line[0][i] + line[1][i]) && piece <= pieces; piece++) {
          double part = Double.isFinite(x + y) ? (double) piece / pieces : 1;
          double atX = part == 1 ? line[0][i] : x + part * (line[0][i] - x);
          double atY = part == 1 ? line[1][i] : y + part * (line[1][i] - y);
          taken.add(new Box(atX - STEP / 2, atY - STEP / 2, atX + STEP / 2, atY + STEP / 2));
        }
        x = line[0][i];
        y = line[1][i];
      }
    }
  }

  /// A number on the middle of a line.
  void onLine(double[][] pixels, String number) {
    double half = Text.width(number, Style.SMALL) / 2;
    Box best = null;
    double least = Double.POSITIVE_INFINITY;
    int count = pixels[0].length;
    for (int tenth : new int[] {5, 4, 6, 3, 7, 2, 8, 1, 9}) {
      int i = Math.min(count - 1, count * tenth / 10);
      Box box = new Box(pixels[0][i] - half, pixels[1][i] - 8, pixels[0][i] + half, pixels[1][i] + 8);
      double covered = covered(box);
      if (covered < least) {
        least = covered;
        best = box;
      }
    }
    if (best != null && least == 0) {
      taken.add(best);
      lines.add(new Placed(best, number));
    }
  }

  void draw(Svg svg) {
    for (Placed placed : lines) {
      svg.text("faint halo", Style.SMALL, "middle", (placed.box.left + placed.box.right) / 2, placed.box.bottom - 4, placed.text);
    }
    if (!points.isEmpty()) {
      takeLines();
    }
    for (Named point : points) {
      Box best = null;
      double least = Double.POSITIVE_INFINITY;
      for (double distance : new double[] {0, 8, 16}) {
        for (int[] side : SIDES) {
          Box box = beside(point, side, distance);
          double covered = covered(box) + distance * 0.01;
          if (covered < least) {
            least = covered;
            best = box;
          }
        }
      }
      if (best != null && least < READABLE * best.area()) {
        taken.add(best);
        svg.text("text halo", Style.SMALL, "middle", (best.left + best.right) / 2, best.bottom - 3.5, point.name);
      }
    }
  }

  private static Box beside(Named point, int[] side, double distance) {
    double width = Text.width(point.name, Style.SMALL);
    double height = Style.SMALL + 2;
    double away = point.radius + GAP + distance;
    double diagonal = side[0] != 0 && side[1] != 0 ? 0.7 : 1;
    double x = point.x + side[0] * (away * diagonal + width / 2);
    double y = point.y + side[1] * (away * diagonal + height / 2);
    return new Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
  }

  private double covered(Box box) {
    double outside = box.area() - box.shared(area);
    return 4 * outside + taken.stream().mapToDouble(box::shared).sum();
  }
}
