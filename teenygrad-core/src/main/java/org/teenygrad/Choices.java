package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// All ways to choose positions in ascending order.
final class Choices {
  private Choices() {}

  /// One way after the other, `r` positions each.
  static int[] of(int n, int r, boolean again) {
    List<int[]> ways = new ArrayList<>();
    int[] way = new int[r];
    Arrays.setAll(way, i -> again ? 0 : i);
    while (n > 0 && (again || r <= n)) {
      ways.add(way.clone());
      int at = r - 1;
      while (at >= 0 && way[at] == (again ? n - 1 : n - r + at)) {
        at--;
      }
      if (at < 0) {
        break;
      }
      way[at]++;
      for (int i = at + 1; i < r; i++) {
        way[i] = again ? way[at] : way[i - 1] + 1;
      }
    }
    return ways.stream().flatMapToInt(Arrays::stream).toArray();
  }
}
