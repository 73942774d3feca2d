package org.teenygrad.engine.runtime.mpi;

import java.lang.foreign.MemorySegment;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Communicator;

/// Some ranks of a program, whose buffers are in the memory of their processors.
public final class MpiCommunicator implements Communicator {
  /// MPI counts in `int`s; more elements are exchanged part by part.
  private static final int MOST = 1 << 28;

  private final Mpi mpi;
  private final MemorySegment ranks;
  private final int size;

  /// @param size how many ranks there are
  MpiCommunicator(Mpi mpi, MemorySegment ranks, int size) {
    this.mpi = mpi;
    this.ranks = ranks;
    this.size = size;
  }

  /// One call of the library.
  private interface Exchange {
    void run() throws Throwable;
  }

  private static void run(Exchange exchange) {
    try {
      exchange.run();
    } catch (Throwable e) {
      throw Mpi.failed(e);
    }
  }

  @Override
  public void allReduce(Buffer result, Buffer source, DType type, long count, OpCode combine) {
    mpi.exchanged(count * type.bytes());
    for (long first = 0; first < count; first += MOST) {
      long offset = first * type.bytes();
      int part = (int) Math.min(MOST, count - first);
      run(() -> mpi.allReduce(at(source, offset), at(result, offset), part, numbers(type), operation(type, combine), ranks));
    }
  }

  @Override
  public void allGather(Buffer result, Buffer source, DType type, long count) {
    mpi.exchanged(size * count * type.bytes());
    run(() -> mpi.allGather(at(source, 0), at(result, 0), whole(type, count), bytes(type), ranks));
  }

  @Override
  public void reduceScatter(Buffer result, Buffer source, DType type, long count, OpCode combine) {
    mpi.exchanged(size * count * type.bytes());
    run(() -> mpi.reduceScatter(at(source, 0), at(result, 0), whole(type, count), numbers(type), operation(type, combine), ranks));
  }

  @Override
  public void allToAll(Buffer result, Buffer source, DType type, long count) {
    mpi.exchanged(size * count * type.bytes());
    run(() -> mpi.allToAll(at(source, 0), at(result, 0), whole(type, count), bytes(type), ranks));
  }

  private static MemorySegment at(Buffer buffer, long offset) {
    return MemorySegment.ofAddress(buffer.address() + offset);
  }

  private static int whole(DType type, long count) {
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("MPI exchanges at most " + Integer.MAX_VALUE + " elements of " + type + " at once, not " + count);
    }
    return (int) count;
  }

  /// A type of as many bytes, for what is sent as it is.
  private MemorySegment bytes(DType type) {
    return mpi.symbol("ompi_mpi_int" + 8 * type.bytes() + "_t");
  }

  /// A type of numbers that MPI calculates with.
  private MemorySegment numbers(DType type) {
    return mpi.symbol(switch (type) {
      case FLOAT64 -> "ompi_mpi_double";
      case FLOAT32 -> "ompi_mpi_float";
      case BOOL, UINT8 -> "ompi_mpi_uint8_t";
      case INT8, INT16, INT32, INT64 -> "ompi_mpi_int" + 8 * type.bytes() + "_t";
      default -> throw new IllegalArgumentException("MPI does not combine numbers of " + type);
    });
  }

  private MemorySegment operation(DType type, OpCode combine) {
    boolean bool = type == DType.BOOL;
    return mpi.symbol("ompi_mpi_op_" + switch (combine) {
      case ADD -> bool ? "bor" : "sum";
      case MUL -> bool ? "band" : "prod";
      case MAX -> "max";
      case MIN -> "min";
      default -> throw new IllegalArgumentException("ranks do not combine by " + combine);
    });
  }
}
