package org.teenygrad.optim;

import org.teenygrad.optim.LBFGS.Point;

/// A place on a line where the loss has fallen enough and its slope is small enough (Nocedal and Wright, *Numerical Optimization*,
/// algorithms 3.5 and 3.6), as PyTorch searches it.
final class StrongWolfe {
  private static final double ENOUGH = 1e-4;
  private static final double FLAT = 0.9;
  private static final double LEAST_MOVE = 1e-9;

  private StrongWolfe() {}

  /// @param largest the largest element of the direction
  /// @param most how many places are looked at, besides the first
  static Point search(LBFGS.Line line, Point start, double first, double largest, int most) {
    Point before = start;
    Point now = line.at(first);
    int looked = 0;
    Point low = start;
    Point high = now;
    while (looked < most) {
      if (now.loss() > start.loss() + ENOUGH * now.t() * start.slope() || looked > 1 && now.loss() >= before.loss()) {
        low = before;
        high = now;
        break;
      }
      if (isFlat(now, start)) {
        return now;
      }
      low = before;
      high = now;
      if (now.slope() >= 0) {
        break;
      }
      double t = between(before, now, now.t() + 0.01 * (now.t() - before.t()), now.t() * 10);
      before = now;
      now = line.at(t);
      looked++;
      low = start;
      high = now;
    }
    return zoom(line, start, low, high, largest, most - looked);
  }

  private static Point zoom(LBFGS.Line line, Point start, Point one, Point other, double largest, int most) {
    Point low = one.loss() <= other.loss() ? one : other;
    Point high = low == one ? other : one;
    boolean stuck = false;
    for (int looked = 0; looked < most && Math.abs(high.t() - low.t()) * largest >= LEAST_MOVE; looked++) {
      double left = Math.min(low.t(), high.t());
      double right = Math.max(low.t(), high.t());
      double t = between(low, high, left, right);
      double edge = 0.1 * (right - left);
      boolean near = Math.min(right - t, t - left) < edge;
      if (near && (stuck || t >= right || t <= left)) {
        t = Math.abs(t - right) < Math.abs(t - left) ? right - edge : left + edge;
        stuck = false;
      } else {
        stuck = near;
      }
      Point now = line.at(t);
      if (now.loss() > start.loss() + ENOUGH * t * start.slope() || now.loss() >= low.loss()) {
        high = now;
        if (high.loss() < low.loss()) {
          Point better = high;
          high = low;
          low = better;
        }
        continue;
      }
      if (isFlat(now, start)) {
        return now;
      }
      if (now.slope() * (high.t() - low.t()) >= 0) {
        high = low;
      }
      low = now;
    }
    return low;
  }

  private static boolean isFlat(Point point, Point start) {
    return Math.abs(point.slope()) <= -FLAT * start.slope();
  }

  /// Where the cubic through two places and their slopes is least, within bounds.
  private static double between(Point a, Point b, double least, double most) {
    double d1 = a.slope() + b.slope() - 3 * (a.loss() - b.loss()) / (a.t() - b.t());
    double square = d1 * d1 - a.slope() * b.slope();
    if (!(square >= 0)) {
      return (least + most) / 2;
    }
    double d2 = Math.sqrt(square);
    double t = a.t() <= b.t()
        ? b.t() - (b.t() - a.t()) * ((b.slope() + d2 - d1) / (b.slope() - a.slope() + 2 * d2))
        : a.t() - (a.t() - b.t()) * ((a.slope() + d2 - d1) / (a.slope() - b.slope() + 2 * d2));
    return Math.min(Math.max(t, least), most);
  }
}
