package org.teenygrad.engine.codegen;

import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// What the code for a GPU says in that GPU's own words: numbers of threads, barriers, exchanges within a warp, asynchronous
/// copies, approximations. A GPU of another kind is one more implementation.
///
/// All else is LLVM IR that any GPU takes: address spaces 1 (global), 3 (shared) and 4 (constant) have the same numbers for
/// NVIDIA's and AMD's. Matrix units are rows of [MatrixUnit], which [WarpMatrix] and [WarpgroupMatrix] write; what NVIDIA alone
/// has, [BulkTile] (tensor maps) and [MbarrierRing].
interface GpuDialect {
  /// What is numbered.
  enum Index {
    THREAD,
    BLOCK,

    /// The row of blocks of a grid that has several.
    BLOCK_ROW,

    /// A block in its cluster.
    BLOCK_IN_CLUSTER
  }

  /// Which lane's word a lane gets.
  enum Exchange {
    /// The one whose number differs in the bits of a mask.
    BUTTERFLY,

    /// The one so many before; the first lanes keep their own.
    UP,

    /// One that is named.
    INDEXED
  }

  /// Functions of float32 that a unit computes to some 22 bits.
  enum Approximation {
    EXP2,

    /// Without subnormal numbers.
    EXP2_FLUSHED,

    LOG2,
    TANH
  }

  /// A thread's or block's number, as i64.
  String number(Index index);

  /// Waits for the launches that this one depends on.
  void awaitLaunchesBefore();

  /// Lets those be set up that depend on this one; they wait for its end by themselves.
  void allowLaunchesAfter();

  /// Waits for all threads of the block, and for what they wrote to shared memory.
  void barrier();

  /// Waits for the first `count` threads of the block, all of which come here and no others, and for what they wrote to shared memory.
  void barrier(int count);

  /// Waits for all threads of the cluster that have not ended, and for what they wrote to shared memory.
  void clusterBarrier();

  /// Waits for the threads of the own warp, and for what they wrote to shared memory.
  void warpBarrier();

  /// Another lane's i32. All lanes of the warp come here.
  String exchange(Exchange exchange, String word, int lane);

  /// The lanes for which a condition holds, a bit each.
  String ballot(String condition);

  /// Starts to copy 16 bytes from global to shared memory.
  /// @param bytes how many of them are copied, as i32, the others being 0; null for all
  void startCopy(String target, String source, @Nullable String bytes);

  /// Ends a group of asynchronous copies.
  void commitCopies();

  /// Waits until all but the newest groups of asynchronous copies are there.
  void awaitCopies(int newest);

  /// A function of a float.
  String approximate(Approximation function, String x);

  /// Two floats rounded to 16 bits each, in one word.
  /// @param half of 16 bits
  /// @param pinned whether this must not move across other instructions that stay where they are
  String packed(DType half, String low, String high, boolean pinned);

  /// A word of float32 rounded to TensorFloat32.
  String tensorFloat32(String word);

  /// How many registers each thread of a group of four warps goes on with: the others' are for other groups to take.
  void keepRegisters(int count);

  /// How many registers each thread of a group of four warps takes of those that others gave back.
  void takeRegisters(int count);
}
