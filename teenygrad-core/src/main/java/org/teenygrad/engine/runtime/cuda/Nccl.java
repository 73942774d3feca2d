package org.teenygrad.engine.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;

/// The part of NVIDIA's NCCL (2.18 and later) that is called, a method a function; the names are NCCL's without `nccl`. As in
/// [CudaDriver], pointers and handles are Java `long`s, and every status is checked.
///
/// @see <a href="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/api.html">NCCL API</a>
@SuppressWarnings("restricted") // native access is what this class is for
final class Nccl {
  /// Bytes of an `ncclUniqueId`, by which ranks find each other.
  static final int UNIQUE_ID_BYTES = 128;

  private static final List<String> NAMES = List.of(
      "libnccl.so.2",
      "/usr/lib/x86_64-linux-gnu/libnccl.so.2", // Debian
      "/usr/lib/aarch64-linux-gnu/libnccl.so.2",
      "/usr/lib64/libnccl.so.2"); // Red Hat

  private static final Linker LINKER = Linker.nativeLinker();
  private static final AddressLayout TEXT = ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE));

  private static final SymbolLookup LIBRARY = CudaLibrary.open(NAMES).orElseThrow(() -> new IllegalStateException(
      "ranks on GPUs exchange data by NVIDIA's NCCL, and " + NAMES.getFirst() + " was not found: NVIDIA's Debian package is libnccl2; if PyTorch is here, "
          + "its folder nvidia/nccl/lib in LD_LIBRARY_PATH will do"));

  private static final MethodHandle GET_ERROR_STRING = LINKER.downcallHandle(LIBRARY.findOrThrow("ncclGetErrorString"), FunctionDescriptor.of(TEXT, JAVA_INT));
  private static final MethodHandle GET_LAST_ERROR = LINKER.downcallHandle(LIBRARY.findOrThrow("ncclGetLastError"), FunctionDescriptor.of(TEXT, JAVA_LONG));
  private static final MethodHandle GET_UNIQUE_ID = function("ncclGetUniqueId", 1);
  private static final MethodHandle COMM_INIT_RANK = LINKER.downcallHandle(LIBRARY.findOrThrow("ncclCommInitRank"),
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, MemoryLayout.structLayout(MemoryLayout.sequenceLayout(UNIQUE_ID_BYTES, JAVA_BYTE)), JAVA_INT));
  private static final MethodHandle COMM_SPLIT = function("ncclCommSplit", 5);
  private static final MethodHandle COMM_COUNT = function("ncclCommCount", 2);
  private static final MethodHandle COMM_DESTROY = function("ncclCommDestroy", 1);
  private static final MethodHandle GROUP_START = function("ncclGroupStart", 0);
  private static final MethodHandle GROUP_END = function("ncclGroupEnd", 0);
  private static final MethodHandle ALL_REDUCE = function("ncclAllReduce", 7);
  private static final MethodHandle ALL_GATHER = function("ncclAllGather", 6);
  private static final MethodHandle REDUCE_SCATTER = function("ncclReduceScatter", 7);
  private static final MethodHandle SEND = function("ncclSend", 6);
  private static final MethodHandle RECV = function("ncclRecv", 6);

  private Nccl() {}

  /// Every argument is passed as a word: see [CudaDriver].
  private static MethodHandle function(String name, int arguments) {
    MemoryLayout[] words = new MemoryLayout[arguments];
    Arrays.fill(words, JAVA_LONG);
    return LINKER.downcallHandle(LIBRARY.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, words));
  }

  /// What one rank makes and all others need to join it.
  static byte[] getUniqueId() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(UNIQUE_ID_BYTES, 8);
      check("ncclGetUniqueId", call(GET_UNIQUE_ID, id.address()), 0);
      return id.toArray(JAVA_BYTE);
    }
  }

  /// Waits until all ranks are there. The current context is that of this rank's GPU.
  static long commInitRank(int ranks, byte[] uniqueId, int rank) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      MemorySegment id = arena.allocate(UNIQUE_ID_BYTES, 8).copyFrom(MemorySegment.ofArray(uniqueId));
      check("ncclCommInitRank", (int) COMM_INIT_RANK.invokeExact(out.address(), ranks, id, rank), 0);
      return out.get(JAVA_LONG, 0);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  static long commSplit(long comm, int color, int key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      check("ncclCommSplit", call(COMM_SPLIT, comm, color, key, out.address(), 0), comm);
      return out.get(JAVA_LONG, 0);
    }
  }

  /// How many ranks it has.
  static int commCount(long comm) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      check("ncclCommCount", call(COMM_COUNT, comm, out.address()), comm);
      return out.get(JAVA_INT, 0);
    }
  }

  static void commDestroy(long comm) {
    check("ncclCommDestroy", call(COMM_DESTROY, comm), 0);
  }

  static void groupStart() {
    check("ncclGroupStart", call(GROUP_START), 0);
  }

  static void groupEnd() {
    check("ncclGroupEnd", call(GROUP_END), 0);
  }

  static void allReduce(long source, long result, long count, DType type, OpCode combine, long comm, long stream) {
    check("ncclAllReduce", call(ALL_REDUCE, source, result, count, dataType(type), operation(type, combine), comm, stream), comm);
  }

  static void allGather(long source, long result, long count, DType type, long comm, long stream) {
    check("ncclAllGather", call(ALL_GATHER, source, result, count, dataType(type), comm, stream), comm);
  }

  static void reduceScatter(long source, long result, long count, DType type, OpCode combine, long comm, long stream) {
    check("ncclReduceScatter", call(REDUCE_SCATTER, source, result, count, dataType(type), operation(type, combine), comm, stream), comm);
  }

  static void send(long source, long bytes, int peer, long comm, long stream) {
    check("ncclSend", call(SEND, source, bytes, dataType(DType.UINT8), peer, comm, stream), comm);
  }

  static void recv(long result, long bytes, int peer, long comm, long stream) {
    check("ncclRecv", call(RECV, result, bytes, dataType(DType.UINT8), peer, comm, stream), comm);
  }

  /// `ncclDataType_t`.
  private static int dataType(DType type) {
    return switch (type) {
      case INT8 -> 0;
      case UINT8, BOOL -> 1;
      case INT32 -> 2;
      case INT64 -> 4;
      case FLOAT16 -> 6;
      case FLOAT32 -> 7;
      case FLOAT64 -> 8;
      case BFLOAT16 -> 9;
      default -> throw new IllegalArgumentException("NCCL does not combine numbers of " + type);
    };
  }

  /// `ncclRedOp_t`. Of bools, 0 and 1, the largest is "or" and the product is "and".
  private static int operation(DType type, OpCode combine) {
    return switch (combine) {
      case ADD -> type == DType.BOOL ? 2 : 0;
      case MUL -> 1;
      case MAX -> 2;
      case MIN -> 3;
      default -> throw new IllegalArgumentException("ranks do not combine by " + combine);
    };
  }

  private static int call(MethodHandle function, long... words) {
    try {
      return (int) function.invokeWithArguments(Arrays.stream(words).boxed().toArray());
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static void check(String function, int status, long comm) {
    if (status == 0) {
      return;
    }
    try {
      String kind = ((MemorySegment) GET_ERROR_STRING.invokeExact(status)).getString(0);
      MemorySegment more = (MemorySegment) GET_LAST_ERROR.invokeExact(comm);
      String text = more.address() == 0 ? "" : more.getString(0).strip();
      throw new IllegalStateException(function + ": " + kind + (text.isEmpty() ? "" : " (" + text + ")") + "; NCCL_DEBUG=WARN has NCCL say more");
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static RuntimeException failed(Throwable e) {
    return e instanceof RuntimeException known ? known : new IllegalStateException("NCCL: " + Objects.requireNonNullElse(e.getMessage(), e.toString()), e);
  }
}
