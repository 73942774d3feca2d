package org.teenygrad.engine.runtime;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;

/// How the ranks along one axis of a mesh exchange what is in their buffers: the SPI of NCCL, MPI and the like. All of them call
/// the same operations in the same order with the same sizes. Result and source are different memory. Counts are elements of the
/// type.
///
/// Operations take effect in the order of the calls, and in that of the kernels of the ranks' device.
public interface Communicator {
  /// `result[i]` becomes the `source[i]` of all ranks, combined; the same bits on all ranks.
  /// @param combine ADD, MUL, MAX or MIN; of bools, ADD is or, MUL is and
  void allReduce(Buffer result, Buffer source, DType type, long count, OpCode combine);

  /// `result` becomes the sources of all ranks, in their order.
  /// @param count of each source
  void allGather(Buffer result, Buffer source, DType type, long count);

  /// `result` becomes the part of the combined sources that has this rank's number.
  /// @param count of each result
  void reduceScatter(Buffer result, Buffer source, DType type, long count, OpCode combine);

  /// `result` becomes the parts of all ranks' sources that have this rank's number, in the order of the ranks.
  /// @param count of each part
  void allToAll(Buffer result, Buffer source, DType type, long count);

  /// Waits until all that was called, and the kernels before it, is done.
  default void synchronize() {}
}
