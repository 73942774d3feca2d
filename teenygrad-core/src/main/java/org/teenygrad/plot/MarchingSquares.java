package org.teenygrad.plot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where a function on a grid takes one value: marching squares (after Lorensen and Cline's marching cubes, 1987).
///
/// In each cell of the grid the line crosses those sides whose ends lie on either side of the level, where linear
/// interpolation puts it. A saddle (four crossings) is connected as the mean of its corners says. Cells with a corner
/// that is not finite stay empty.
final class MarchingSquares {
  private final Grid grid;
  private final double level;

  /// For each crossed side its neighbours on the line: one or two.
  private final Map<Integer, List<Integer>> neighbours = new HashMap<>();

  private MarchingSquares(Grid grid, double level) {
    this.grid = grid;
    this.level = level;
  }

  /// Lines in the coordinates of the grid, each (2, points): its xs and its ys. Closed ones end where they begin.
  static List<double[][]> lines(Grid grid, double level) {
    MarchingSquares squares = new MarchingSquares(grid, level);
    for (int j = 0; j + 1 < grid.ys.length; j++) {
      for (int i = 0; i + 1 < grid.xs.length; i++) {
        squares.cell(j, i);
      }
    }
    return squares.joined();
  }

  /// The side from (j, i) to its neighbour along x, or along y.
  private int side(int j, int i, boolean alongY) {
    return 2 * (j * grid.xs.length + i) + (alongY ? 1 : 0);
  }

  private boolean above(int j, int i) {
    return grid.values[j][i] >= level;
  }

  private void cell(int j, int i) {
    double sum = grid.values[j][i] + grid.values[j][i + 1] + grid.values[j + 1][i] + grid.values[j + 1][i + 1];
    if (!Double.isFinite(sum)) {
      return;
    }
    // around the cell: the corners, and the sides behind them
    boolean[] corners = {above(j, i), above(j, i + 1), above(j + 1, i + 1), above(j + 1, i)};
    int[] sides = {side(j, i, false), side(j, i + 1, true), side(j + 1, i, false), side(j, i, true)};
    List<Integer> crossed = new ArrayList<>(4);
    for (int k = 0; k < 4; k++) {
      if (corners[k] != corners[(k + 1) % 4]) {
        crossed.add(sides[k]);
      }
    }
    if (crossed.size() == 2) {
      connect(crossed.get(0), crossed.get(1));
    } else if (crossed.size() == 4) {
      // the line goes around the corners that are not as the middle is
      boolean aroundFirst = corners[0] != sum / 4 >= level;
      connect(sides[0], sides[aroundFirst ? 3 : 1]);
      connect(sides[2], sides[aroundFirst ? 1 : 3]);
    }
  }

  private void connect(int one, int other) {
    neighbours.computeIfAbsent(one, side -> new ArrayList<>(2)).add(other);
    neighbours.computeIfAbsent(other, side -> new ArrayList<>(2)).add(one);
  }

  private List<double[][]> joined() {
    List<double[][]> lines = new ArrayList<>();
    Set<Integer> done = new HashSet<>();
    for (int start : neighbours.keySet().stream().sorted().toList()) {
      if (done.add(start)) {
        Deque<Integer> line = new ArrayDeque<>(List.of(start));
        boolean closed = follow(start, line, done, true);
        if (closed) {
          line.addLast(start);
        } else {
          follow(start, line, done, false);
        }
        lines.add(coordinates(line));
      }
    }
    return lines;
  }

  /// @return whether the line came back to where it began
  private boolean follow(int start, Deque<Integer> line, Set<Integer> done, boolean forward) {
    int steps = 0;
    for (int side = start; ; steps++) {
      List<Integer> beside = neighbours.getOrDefault(side, List.of());
      Integer next = beside.stream().filter(done::add).findFirst().orElse(null);
      if (next == null) {
        return steps > 1 && beside.contains(start);
      }
      if (forward) {
        line.addLast(next);
      } else {
        line.addFirst(next);
      }
      side = next;
    }
  }

  private double[][] coordinates(Deque<Integer> line) {
    double[][] coordinates = new double[2][line.size()];
    int count = 0;
    for (int side : line) {
      int i = side / 2 % grid.xs.length;
      int j = side / 2 / grid.xs.length;
      boolean alongY = side % 2 == 1;
      double here = grid.values[j][i];
      double there = alongY ? grid.values[j + 1][i] : grid.values[j][i + 1];
      double part = (level - here) / (there - here);
      coordinates[0][count] = alongY ? grid.xs[i] : grid.xs[i] + part * (grid.xs[i + 1] - grid.xs[i]);
      coordinates[1][count] = alongY ? grid.ys[j] + part * (grid.ys[j + 1] - grid.ys[j]) : grid.ys[j];
      count++;
    }
    return coordinates;
  }
}
