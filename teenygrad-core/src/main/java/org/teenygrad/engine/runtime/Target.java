package org.teenygrad.engine.runtime;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.teenygrad.MatmulPrecision;

/// What the Generator must know of a machine to write code for it.
public sealed interface Target {
  /// Takes tensor-level graphs as they are: nothing is fused and no code is written.
  record Graphs() implements Target {}

  /// A processor with vector registers.
  ///
  /// @param vectorBytes size of a vector register
  /// @param vectorRegisters how many there are
  /// @param l1Bytes first-level data cache of a core
  /// @param l2Bytes second-level cache of a core
  /// @param cores how many run kernels
  /// @param pairs how it multiplies bfloat16
  /// @param bytes how it multiplies integers of 8 bits
  /// @param precision what is allowed of products of float32
  record Cpu(int vectorBytes, int vectorRegisters, long l1Bytes, long l2Bytes, int cores, Pairs pairs, Bytes bytes, MatmulPrecision precision) implements Target {
    public Cpu(int vectorBytes, int vectorRegisters, long l1Bytes, long l2Bytes, int cores) {
      this(vectorBytes, vectorRegisters, l1Bytes, l2Bytes, cores, Pairs.NONE, Bytes.WIDENED);
    }

    public Cpu(int vectorBytes, int vectorRegisters, long l1Bytes, long l2Bytes, int cores, Pairs pairs, Bytes bytes) {
      this(vectorBytes, vectorRegisters, l1Bytes, l2Bytes, cores, pairs, bytes, MatmulPrecision.HIGHEST);
    }

    /// The same where so much is allowed.
    public Cpu with(MatmulPrecision allowed) {
      return new Cpu(vectorBytes, vectorRegisters, l1Bytes, l2Bytes, cores, pairs, bytes, allowed);
    }
  }

  /// The instructions by which a processor multiplies pairs of bfloat16 and adds up in float32.
  enum Pairs {
    /// None: bfloat16 is multiplied as float32.
    NONE(0),

    /// AVX-512's `vdpbf16ps`, of vectors of 64 bytes: 12 rows of two vectors of sums leave registers for the factors.
    VECTORS(12),

    /// AMX's `tdpbf16ps`, of tile registers of 16 rows, two of which are rows of sums.
    TILES(32);

    private final int rows;

    Pairs(int rows) {
      this.rows = rows;
    }

    /// How many rows of sums registers have room for.
    public int rows() {
      return rows;
    }
  }

  /// The instructions by which a processor multiplies bytes, those of one factor with a sign, and adds up in int32.
  enum Bytes {
    /// None: they become int32 first.
    WIDENED,

    /// `vpdpbusd` of AVX-512 or AVX: sums of four products in each lane (VNNI).
    DOT_PRODUCTS
  }

  /// A graphics processor with CUDA's model of execution: blocks of threads in warps of 32, memory shared within a block.
  ///
  /// @param processors how many multiprocessors run blocks
  /// @param sharedBytes how much shared memory one block may ask for
  /// @param rung the highest on which it multiplies matrices
  /// @param precision what is allowed of products of float32
  /// @param multipliesFloat8 whether its tensor cores take floats of 8 bits (compute capability 8.9)
  record Gpu(int processors, int sharedBytes, Rung rung, MatmulPrecision precision, boolean multipliesFloat8) implements Target {
    public Gpu(int processors, int sharedBytes, Rung rung) {
      this(processors, sharedBytes, rung, MatmulPrecision.HIGHEST, false);
    }

    /// The same with tensor cores for floats of 8 bits.
    public Gpu withFloat8() {
      return new Gpu(processors, sharedBytes, rung, precision, true);
    }

    /// The same on a rung that it has.
    public Gpu on(Rung lower) {
      return new Gpu(processors, sharedBytes, lower, precision, multipliesFloat8);
    }

    /// The same where so much is allowed.
    public Gpu with(MatmulPrecision allowed) {
      return new Gpu(processors, sharedBytes, rung, allowed, multipliesFloat8);
    }
  }

  /// The ways in which a GPU multiplies matrices, from the loop that everybody writes first to the instruction that NVIDIA added last.
  enum Rung {
    /// A thread for each sum, which reads its factors where they are.
    NAIVE("naive"),

    /// Tiles of the factors in shared memory, which many threads read; a thread has few sums.
    SHARED("shared"),

    /// A square of sums in each thread's registers: what it reads from shared memory, in vectors, is multiplied several times.
    REGISTERS("registers"),

    /// `mma.sync` of one warp, on tensor cores (compute capability 8.0).
    WARP("mma"),

    /// `wgmma` of four warps, whose factors the tensor cores read from shared memory (9.0 alone).
    WARPGROUP("wgmma"),

    /// The same, fed by the tensor memory accelerator, which one thread of blocks that stay has bring tiles (9.0 alone).
    TENSOR_MEMORY("tma");

    /// What users call it.
    public final String text;

    Rung(String text) {
      this.text = text;
    }

    /// @throws IllegalArgumentException if there is none of this name
    public static Rung of(String text) {
      return Arrays.stream(values()).filter(rung -> rung.text.equals(text)).findFirst().orElseThrow(() -> new IllegalArgumentException(
          "no rung '" + text + "'; there are " + Arrays.stream(values()).map(rung -> rung.text).collect(Collectors.joining(", "))));
    }

    /// Whether this one has what that one needs.
    public boolean includes(Rung that) {
      return compareTo(that) >= 0;
    }

    /// Whether tensor cores multiply. Where none do, 16-bit factors are multiplied in float32.
    public boolean hasMatrixUnit() {
      return includes(WARP);
    }
  }
}
