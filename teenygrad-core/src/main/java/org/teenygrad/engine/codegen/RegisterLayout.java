package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.stream.IntStream;

/// Which element of a matrix each register of each lane of a warp holds. The layout is linear over bits: each bit of a lane's
/// number, and each of an element's number in the lane, moves the place by a fixed number of rows or columns (Zhou et al., "Linear
/// Layouts", 2025).
///
/// ```java
/// MatrixUnit.SUMS.place(5, 2)   // row 9, column 2: lane 5 is bits 0 and 2, two columns and one row; element 2 is eight rows further
/// ```
///
/// @param lane what each bit of a lane's number moves by, the lowest first
/// @param element what each bit of an element's number moves by
public record RegisterLayout(List<Place> lane, List<Place> element) {
  /// An element's row and column, or how far it is moved.
  public record Place(int row, int column) {
    private Place plus(Place other) {
      return new Place(row + other.row, column + other.column);
    }
  }

  static Place down(int rows) {
    return new Place(rows, 0);
  }

  static Place across(int columns) {
    return new Place(0, columns);
  }

  /// Lanes of a warp.
  public int lanes() {
    return 1 << lane.size();
  }

  /// Elements that each lane holds.
  public int elements() {
    return 1 << element.size();
  }

  /// Where an element is.
  /// @param number of the element in the lane's registers
  public Place place(int lane, int number) {
    return moved(this.lane, lane).plus(moved(element, number));
  }

  private static Place moved(List<Place> bits, int number) {
    return IntStream.range(0, bits.size()).filter(bit -> (number >> bit & 1) == 1).mapToObj(bits::get).reduce(new Place(0, 0), Place::plus);
  }

  /// The code for the row of a lane's first element.
  String row(Ir ir, String lane) {
    return coordinate(ir, lane, this.lane.stream().mapToInt(Place::row).toArray());
  }

  /// The code for the column of a lane's first element.
  String column(Ir ir, String lane) {
    return coordinate(ir, lane, this.lane.stream().mapToInt(Place::column).toArray());
  }

  /// Bits that follow each other and move by powers of two are shifted to where they count; all layouts have one run of them for
  /// each coordinate.
  private static String coordinate(Ir ir, String lane, int[] moves) {
    int first = IntStream.range(0, moves.length).filter(bit -> moves[bit] != 0).findFirst().orElseThrow();
    int end = (int) IntStream.range(first, moves.length).takeWhile(bit -> moves[bit] == moves[first] << bit - first).count() + first;
    String shifted = first == 0 ? lane : ir.value("lshr i64 " + lane + ", " + first);
    String masked = end == moves.length ? shifted : ir.value("and i64 " + shifted + ", " + ((1 << end - first) - 1));
    return moves[first] == 1 ? masked : ir.value("mul i64 " + masked + ", " + moves[first]);
  }
}
