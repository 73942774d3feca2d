package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.RegisterLayout.across;
import static org.teenygrad.engine.codegen.RegisterLayout.down;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.engine.runtime.Target;

/// The instructions by which tensor cores multiply matrices and add up in float32, a row each: what they are called, the shape and
/// type of what they take, and, by that, which lane of a warp holds which element.
///
/// A 32-bit register holds as many neighbours along the inner dimension as fit; everything else about the layouts is the same for
/// all types. Code is written from these rows, and the tests' simulated GPU multiplies by them.
///
/// @see <a href="https://docs.nvidia.com/cuda/parallel-thread-execution/#warp-level-matrix-instructions">PTX ISA, warp-level matrix
///     instructions</a>
public enum MatrixUnit {
  /// A thread's own multiplications, for which there is nothing to know.
  FMA(Scope.THREAD, DType.FLOAT32, 1, "fma.rn.f32", "float"),
  MMA_F16(Scope.WARP, DType.FLOAT16, 16, "@llvm.nvvm.mma.m16n8k16.row.col.f32.f32", "<2 x half>"),
  MMA_BF16(Scope.WARP, DType.BFLOAT16, 16, "@llvm.nvvm.mma.m16n8k16.row.col.bf16", "i32"),

  /// Float32 whose last 13 bits are dropped: TensorFloat32.
  MMA_TF32(Scope.WARP, DType.FLOAT32, 8, "@llvm.nvvm.mma.m16n8k8.row.col.tf32", "i32"),

  /// Floats of 8 bits, from compute capability 8.9 on ([Target.Gpu#multipliesFloat8]); both factors lie along the inner dimension.
  MMA_E4M3(Scope.WARP, DType.FLOAT8_E4M3, 32, "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32", "i32"),
  MMA_E4M3_E5M2(Scope.WARP, DType.FLOAT8_E4M3, DType.FLOAT8_E5M2, 32, "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e5m2.f32", "i32"),
  MMA_E5M2_E4M3(Scope.WARP, DType.FLOAT8_E5M2, DType.FLOAT8_E4M3, 32, "mma.sync.aligned.m16n8k32.row.col.f32.e5m2.e4m3.f32", "i32"),
  MMA_E5M2(Scope.WARP, DType.FLOAT8_E5M2, 32, "mma.sync.aligned.m16n8k32.row.col.f32.e5m2.e5m2.f32", "i32"),
  WGMMA_F16(Scope.WARPGROUP, DType.FLOAT16, 16, "f16.f16", "i32"),
  WGMMA_BF16(Scope.WARPGROUP, DType.BFLOAT16, 16, "bf16.bf16", "i32"),

  /// As [#MMA_TF32]; both factors lie along the inner dimension.
  WGMMA_TF32(Scope.WARPGROUP, DType.FLOAT32, 8, "tf32.tf32", "i32"),

  /// As [#MMA_E4M3].
  WGMMA_E4M3(Scope.WARPGROUP, DType.FLOAT8_E4M3, 32, "e4m3.e4m3", "i32"),
  WGMMA_E4M3_E5M2(Scope.WARPGROUP, DType.FLOAT8_E4M3, DType.FLOAT8_E5M2, 32, "e4m3.e5m2", "i32"),
  WGMMA_E5M2_E4M3(Scope.WARPGROUP, DType.FLOAT8_E5M2, DType.FLOAT8_E4M3, 32, "e5m2.e4m3", "i32"),
  WGMMA_E5M2(Scope.WARPGROUP, DType.FLOAT8_E5M2, 32, "e5m2.e5m2", "i32");

  /// Rows of sums that a warp has in one instruction: of a warpgroup's 64, each of its warps has 16.
  public static final int ROWS = 16;

  /// Columns of sums that an instruction makes, or the unit of them: `wgmma` makes up to 32 times as many, eight after eight.
  public static final int COLUMNS = 8;

  private static final int WORD_BYTES = 4;

  /// 16 x 8 sums: a lane has two neighbours in a row and two in the row eight below.
  public static final RegisterLayout SUMS = new RegisterLayout(List.of(across(2), across(4), down(1), down(2), down(4)), List.of(across(1), down(8)));

  /// Which threads execute it together.
  enum Scope {
    THREAD,
    WARP,

    /// Four warps.
    WARPGROUP
  }

  final Scope scope;

  /// The type of the left factor in shared memory.
  public final DType leftType;

  /// That of the right one, which is as wide.
  public final DType rightType;

  /// How much of the inner dimension one instruction takes.
  public final int depth;

  /// The intrinsic function of LLVM, or PTX's instruction where there is none; of `wgmma` PTX's names of the types.
  public final String instruction;

  /// LLVM's type of a register of a factor.
  final String register;

  MatrixUnit(Scope scope, DType element, int depth, String instruction, String register) {
    this(scope, element, element, depth, instruction, register);
  }

  MatrixUnit(Scope scope, DType leftType, DType rightType, int depth, String instruction, String register) {
    this.scope = scope;
    this.leftType = leftType;
    this.rightType = rightType;
    this.depth = depth;
    this.instruction = instruction;
    this.register = register;
  }

  /// The unit of a rung for factors of one type.
  /// @throws IllegalArgumentException if there is none
  static MatrixUnit of(Target.Rung rung, DType element) {
    return of(rung, element, element);
  }

  /// The unit of a rung for types of factors.
  /// @throws IllegalArgumentException if there is none
  static MatrixUnit of(Target.Rung rung, DType left, DType right) {
    Scope scope = switch (rung) {
      case NAIVE, SHARED, REGISTERS -> Scope.THREAD;
      case WARP -> Scope.WARP;
      case WARPGROUP, TENSOR_MEMORY -> Scope.WARPGROUP;
    };
    return Arrays.stream(values()).filter(row -> row.scope == scope && row.leftType == left && row.rightType == right).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no matrix unit on rung " + rung.text + " multiplies " + left + " and " + right));
  }

  /// Whether a GPU has a unit for narrow factors of these types.
  static boolean multiplies(Target.Gpu gpu, DType left, DType right) {
    boolean ofBytes = left.bytes() == 1 && right.bytes() == 1;
    return gpu.rung().hasMatrixUnit() && (left.isHalf() && left == right || ofBytes && gpu.multipliesFloat8());
  }

  /// Bytes of a factor's element.
  int bytes() {
    return leftType.bytes();
  }

  /// Elements in one register.
  public int packed() {
    return WORD_BYTES / bytes();
  }

  /// 16 rows of the left factor by [#depth] of the inner dimension.
  public RegisterLayout left() {
    int packed = packed();
    return new RegisterLayout(List.of(across(packed), across(2 * packed), down(1), down(2), down(4)),
        Stream.concat(inRegister().stream().map(RegisterLayout::across), Stream.of(down(8), across(4 * packed))).toList());
  }

  /// [#depth] of the inner dimension, downwards, by eight columns of the right factor.
  public RegisterLayout right() {
    int packed = packed();
    return new RegisterLayout(List.of(down(packed), down(2 * packed), across(1), across(2), across(4)),
        Stream.concat(inRegister().stream().map(RegisterLayout::down), Stream.of(down(4 * packed))).toList());
  }

  /// What the bits of an element's number in its register move by.
  private List<Integer> inRegister() {
    return Stream.iterate(1, step -> step < packed(), step -> 2 * step).toList();
  }
}
