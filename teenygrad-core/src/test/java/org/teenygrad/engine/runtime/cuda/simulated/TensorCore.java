package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.engine.codegen.MatrixUnit;
import org.teenygrad.engine.codegen.RegisterLayout;
import org.teenygrad.engine.ir.Semantics;

/// What `mma.sync` computes of the registers of a warp's lanes: their elements are where the unit's row says, products are exact, and
/// their sum is rounded once.
final class TensorCore {
  /// Where each lane's elements are, asked for as often as anything is multiplied.
  private static final Map<RegisterLayout, RegisterLayout.Place[][]> PLACES = new ConcurrentHashMap<>();

  private TensorCore() {}

  static RegisterLayout.Place[][] places(RegisterLayout layout) {
    return PLACES.computeIfAbsent(layout, any -> IntStream.range(0, layout.lanes())
        .mapToObj(lane -> IntStream.range(0, layout.elements()).mapToObj(i -> layout.place(lane, i)).toArray(RegisterLayout.Place[]::new)).toArray(RegisterLayout.Place[][]::new));
  }

  /// The unit that an instruction is of.
  static Optional<MatrixUnit> unit(String name) {
    return Arrays.stream(MatrixUnit.values()).filter(unit -> name.equals(unit.instruction) || name.startsWith("asm " + unit.instruction + " ")).findFirst();
  }

  /// @param registers each lane's operands, the left factor's before the right one's and the sums, each in as many parts as its type has
  /// @return each lane's four sums
  static long[][] multiply(MatrixUnit unit, long[][][] registers) {
    double[][] left = matrix(unit, unit.leftType, unit.left(), registers, 0, MatrixUnit.ROWS, unit.depth);
    int words = unit.left().elements() / unit.packed();
    double[][] right = matrix(unit, unit.rightType, unit.right(), registers, words, unit.depth, MatrixUnit.COLUMNS);
    int first = words + unit.right().elements() / unit.packed();
    RegisterLayout sums = MatrixUnit.SUMS;
    RegisterLayout.Place[][] places = places(sums);
    long[][] results = new long[registers.length][sums.elements()];
    for (int lane = 0; lane < results.length; lane++) {
      for (int i = 0; i < sums.elements(); i++) {
        RegisterLayout.Place place = places[lane][i];
        double sum = Float.intBitsToFloat((int) registers[lane][first + i][0]);
        for (int k = 0; k < unit.depth; k++) {
          sum += left[place.row()][k] * right[k][place.column()];
        }
        results[lane][i] = Float.floatToRawIntBits((float) sum) & 0xFFFFFFFFL;
      }
    }
    return results;
  }

  private static double[][] matrix(MatrixUnit unit, DType type, RegisterLayout layout, long[][][] registers, int first, int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    int packed = unit.packed();
    Number number = number(type);
    RegisterLayout.Place[][] places = places(layout);
    for (int lane = 0; lane < layout.lanes(); lane++) {
      for (int i = 0; i < layout.elements(); i++) {
        long[] register = registers[lane][first + i / packed];
        int bits = 32 / packed;
        long element = register.length == packed ? register[i % packed] : register[0] >>> i % packed * bits & (1L << bits) - 1;
        RegisterLayout.Place place = places[lane][i];
        matrix[place.row()][place.column()] = number.of(element);
      }
    }
    return matrix;
  }

  /// What bits of a factor mean.
  interface Number {
    double of(long bits);
  }

  /// How matrix units take elements of a type.
  static Number number(DType type) {
    return switch (type) {
      case FLOAT16 -> bits -> Float.float16ToFloat((short) bits);
      case BFLOAT16 -> bits -> Float.intBitsToFloat((int) bits << 16);
      case FLOAT32 -> bits -> Float.intBitsToFloat((int) bits & -0x2000);
      case FLOAT8_E4M3, FLOAT8_E5M2 -> bits -> Semantics.bitsToFloating(type, bits);
      default -> throw new IllegalArgumentException("no matrix unit multiplies " + type);
    };
  }
}
