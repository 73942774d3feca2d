package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.engine.codegen.RegisterLayout.Place;

class MatrixUnitTest {
  private static void holdsEachElementOnce(RegisterLayout layout, int rows, int columns) {
    Set<Place> places = new HashSet<>();
    for (int lane = 0; lane < layout.lanes(); lane++) {
      for (int i = 0; i < layout.elements(); i++) {
        Place place = layout.place(lane, i);
        assertThat(place.row()).isBetween(0, rows - 1);
        assertThat(place.column()).isBetween(0, columns - 1);
        assertThat(places.add(place)).as("%s twice", place).isTrue();
      }
    }
    assertThat(places).hasSize(rows * columns);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FMA")
  void aWarpHoldsEachElementOfAMatrixOnce(MatrixUnit unit) {
    holdsEachElementOnce(MatrixUnit.SUMS, MatrixUnit.ROWS, MatrixUnit.COLUMNS);
    holdsEachElementOnce(unit.left(), MatrixUnit.ROWS, unit.depth);
    holdsEachElementOnce(unit.right(), unit.depth, MatrixUnit.COLUMNS);
  }

  /// PTX ISA, "Matrix fragments for mma.m16n8k16 with floating point type".
  @Test
  void sixteenBitsLieAsTheManualSays() {
    for (int lane = 0; lane < Threads.WARP; lane++) {
      int group = lane >> 2;
      int inGroup = lane % 4;
      for (int i = 0; i < 8; i++) {
        boolean upper = i < 2 || i >= 4 && i < 6;
        assertThat(MatrixUnit.MMA_BF16.left().place(lane, i)).isEqualTo(new Place(upper ? group : group + 8, inGroup * 2 + (i & 1) + (i < 4 ? 0 : 8)));
      }
      for (int i = 0; i < 4; i++) {
        assertThat(MatrixUnit.MMA_BF16.right().place(lane, i)).isEqualTo(new Place(inGroup * 2 + (i & 1) + (i < 2 ? 0 : 8), group));
        assertThat(MatrixUnit.SUMS.place(lane, i)).isEqualTo(new Place(i < 2 ? group : group + 8, inGroup * 2 + (i & 1)));
      }
    }
  }

  /// PTX ISA, "Matrix fragments for mma.m16n8k8" of `.tf32`.
  @Test
  void thirtyTwoBitsLieAsTheManualSays() {
    for (int lane = 0; lane < Threads.WARP; lane++) {
      int group = lane >> 2;
      int inGroup = lane % 4;
      for (int i = 0; i < 4; i++) {
        assertThat(MatrixUnit.MMA_TF32.left().place(lane, i)).isEqualTo(new Place(i == 0 || i == 2 ? group : group + 8, i < 2 ? inGroup : inGroup + 4));
      }
      for (int i = 0; i < 2; i++) {
        assertThat(MatrixUnit.MMA_TF32.right().place(lane, i)).isEqualTo(new Place(i == 0 ? inGroup : inGroup + 4, group));
      }
    }
  }
}
