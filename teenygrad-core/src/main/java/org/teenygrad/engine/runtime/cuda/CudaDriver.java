package org.teenygrad.engine.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// The part of CUDA's driver API that teenygrad calls, a method a function; the names are CUDA's without `cu`.
///
/// Device pointers, handles and host addresses are Java `long`s. Every argument of these functions is a pointer, a size, an enum
/// or an unsigned number, which travels in one integer register or 8-byte stack slot in the C ABIs of x86-64 and AArch64, so each is
/// passed as a word. Every status is checked: what is not 0 becomes a [CudaException]. All but the first few functions work
/// in the context that [#ctxSetCurrent] made the thread's.
///
/// Only touch this class where [CudaLibrary#open] finds the driver.
///
/// @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/">CUDA Driver API</a>
@SuppressWarnings("restricted") // native access is what this class is for
final class CudaDriver {
  private static final SymbolLookup LIBRARY = CudaLibrary.open().orElseThrow();

  private static final MethodHandle GET_ERROR_NAME = function("cuGetErrorName", 2);
  private static final MethodHandle GET_ERROR_STRING = function("cuGetErrorString", 2);
  private static final MethodHandle INIT = function("cuInit", 1);
  private static final MethodHandle DRIVER_GET_VERSION = function("cuDriverGetVersion", 1);
  private static final MethodHandle DEVICE_GET_COUNT = function("cuDeviceGetCount", 1);
  private static final MethodHandle DEVICE_GET = function("cuDeviceGet", 2);
  private static final MethodHandle DEVICE_GET_NAME = function("cuDeviceGetName", 3);
  private static final MethodHandle DEVICE_GET_ATTRIBUTE = function("cuDeviceGetAttribute", 3);
  private static final MethodHandle DEVICE_TOTAL_MEM = function("cuDeviceTotalMem_v2", 2);
  private static final MethodHandle DEVICE_CAN_ACCESS_PEER = function("cuDeviceCanAccessPeer", 3);
  private static final MethodHandle DEVICE_PRIMARY_CTX_RETAIN = function("cuDevicePrimaryCtxRetain", 2);
  private static final MethodHandle CTX_SET_CURRENT = function("cuCtxSetCurrent", 1);
  private static final MethodHandle CTX_ENABLE_PEER_ACCESS = function("cuCtxEnablePeerAccess", 2);
  private static final MethodHandle MEM_GET_INFO = function("cuMemGetInfo_v2", 2);
  private static final MethodHandle MEM_ALLOC = function("cuMemAlloc_v2", 2);
  private static final MethodHandle MEM_FREE = function("cuMemFree_v2", 1);
  private static final MethodHandle MEM_HOST_ALLOC = function("cuMemHostAlloc", 3);
  private static final MethodHandle MEMCPY_HTOD_ASYNC = function("cuMemcpyHtoDAsync_v2", 4);
  private static final MethodHandle MEMCPY_DTOH_ASYNC = function("cuMemcpyDtoHAsync_v2", 4);
  private static final MethodHandle MEMCPY_PEER_ASYNC = function("cuMemcpyPeerAsync", 6);
  private static final MethodHandle STREAM_CREATE_WITH_PRIORITY = function("cuStreamCreateWithPriority", 3);
  private static final MethodHandle STREAM_SYNCHRONIZE = function("cuStreamSynchronize", 1);
  private static final MethodHandle STREAM_WAIT_EVENT = function("cuStreamWaitEvent", 3);
  private static final MethodHandle EVENT_CREATE = function("cuEventCreate", 2);
  private static final MethodHandle EVENT_RECORD = function("cuEventRecord", 2);
  private static final MethodHandle EVENT_QUERY = function("cuEventQuery", 1);
  private static final MethodHandle EVENT_SYNCHRONIZE = function("cuEventSynchronize", 1);
  private static final MethodHandle EVENT_ELAPSED_TIME = function("cuEventElapsedTime", 3);
  private static final MethodHandle EVENT_DESTROY = function("cuEventDestroy_v2", 1);
  private static final MethodHandle LIBRARY_LOAD_DATA = function("cuLibraryLoadData", 8);
  private static final MethodHandle LIBRARY_UNLOAD = function("cuLibraryUnload", 1);
  private static final MethodHandle LIBRARY_GET_KERNEL = function("cuLibraryGetKernel", 3);
  private static final MethodHandle KERNEL_GET_FUNCTION = function("cuKernelGetFunction", 2);
  private static final MethodHandle FUNC_GET_ATTRIBUTE = function("cuFuncGetAttribute", 3);
  private static final MethodHandle FUNC_SET_ATTRIBUTE = function("cuFuncSetAttribute", 3);
  private static final MethodHandle LAUNCH_KERNEL = function("cuLaunchKernel", 11);

  private static final MethodHandle TENSOR_MAP_ENCODE_TILED = function("cuTensorMapEncodeTiled", 12);
  private static final MethodHandle TENSOR_MAP_ENCODE_IM2COL = function("cuTensorMapEncodeIm2col", 15);

  /// Of tensor maps: `CUtensorMapInterleave`, `CUtensorMapSwizzle`, `CUtensorMapL2promotion`, `CUtensorMapFloatOOBfill`.
  private static final int PLAIN = 0;

  private static final int SWIZZLE_128_BYTES = 3;
  private static final int PROMOTE_TO_256_BYTES = 3;
  private static final int ZEROS_OUTSIDE = 0;


  /// `CUgraphEdgeData`: from port, to port, type, and five bytes for later.
  private static final long EDGE_BYTES = 8;

  private static final byte PORT_PROGRAMMATIC = 1;
  private static final byte TYPE_PROGRAMMATIC = 1;

  private static final MethodHandle GRAPH_CREATE = function("cuGraphCreate", 2);
  private static final MethodHandle GRAPH_DESTROY = function("cuGraphDestroy", 1);
  private static final MethodHandle GRAPH_ADD_KERNEL_NODE = function("cuGraphAddKernelNode", 5);
  private static final @Nullable MethodHandle GRAPH_ADD_DEPENDENCIES = LIBRARY.find("cuGraphAddDependencies_v2").isPresent() ? function("cuGraphAddDependencies_v2", 5) : null;
  private static final MethodHandle GRAPH_INSTANTIATE = function("cuGraphInstantiateWithFlags", 3);
  private static final MethodHandle GRAPH_LAUNCH = function("cuGraphLaunch", 2);
  private static final MethodHandle GRAPH_EXEC_KERNEL_NODE_SET_PARAMS = function("cuGraphExecKernelNodeSetParams", 3);
  private static final MethodHandle GRAPH_EXEC_DESTROY = function("cuGraphExecDestroy", 1);

  /// Where a function of this thread writes its result; no function writes more than two.
  private static final ThreadLocal<MemorySegment> RESULT = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(2 * Long.BYTES, 8));

  /// `CUdevice_attribute`, as far as it is asked for.
  enum DeviceAttribute {
    MULTIPROCESSOR_COUNT(16),
    COMPUTE_CAPABILITY_MAJOR(75),
    COMPUTE_CAPABILITY_MINOR(76),
    MAX_SHARED_MEMORY_PER_BLOCK_OPTIN(97);

    private final int number;

    DeviceAttribute(int number) {
      this.number = number;
    }
  }

  /// `CUfunction_attribute`, as far as it is used.
  enum FunctionAttribute {
    SHARED_SIZE_BYTES(1),
    LOCAL_SIZE_BYTES(3),
    NUM_REGS(4),
    MAX_DYNAMIC_SHARED_SIZE_BYTES(8);

    private final int number;

    FunctionAttribute(int number) {
      this.number = number;
    }
  }

  private CudaDriver() {}

  // Errors

  static String errorName(int status) {
    MemorySegment out = RESULT.get().fill((byte) 0);
    return call(GET_ERROR_NAME, status, out.address()) == 0 ? text(out) : "CUDA error " + status;
  }

  static String errorText(int status) {
    MemorySegment out = RESULT.get().fill((byte) 0);
    return call(GET_ERROR_STRING, status, out.address()) == 0 ? text(out) : "the driver has no words for it";
  }

  // The driver and its devices

  static void init() {
    check("cuInit", call(INIT, 0));
  }

  /// The newest CUDA that the driver knows: 12080 is 12.8.
  static int driverVersion() {
    MemorySegment out = RESULT.get();
    check("cuDriverGetVersion", call(DRIVER_GET_VERSION, out.address()));
    return out.get(JAVA_INT, 0);
  }

  static int deviceCount() {
    MemorySegment out = RESULT.get();
    check("cuDeviceGetCount", call(DEVICE_GET_COUNT, out.address()));
    return out.get(JAVA_INT, 0);
  }

  static int device(int ordinal) {
    MemorySegment out = RESULT.get();
    check("cuDeviceGet", call(DEVICE_GET, out.address(), ordinal));
    return out.get(JAVA_INT, 0);
  }

  static String deviceName(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(256);
      check("cuDeviceGetName", call(DEVICE_GET_NAME, name.address(), name.byteSize(), device));
      return name.getString(0);
    }
  }

  static int deviceAttribute(DeviceAttribute attribute, int device) {
    MemorySegment out = RESULT.get();
    check("cuDeviceGetAttribute", call(DEVICE_GET_ATTRIBUTE, out.address(), attribute.number, device));
    return out.get(JAVA_INT, 0);
  }

  static long deviceTotalMem(int device) {
    MemorySegment out = RESULT.get();
    check("cuDeviceTotalMem", call(DEVICE_TOTAL_MEM, out.address(), device));
    return out.get(JAVA_LONG, 0);
  }

  static boolean deviceCanAccessPeer(int device, int peer) {
    MemorySegment out = RESULT.get();
    check("cuDeviceCanAccessPeer", call(DEVICE_CAN_ACCESS_PEER, out.address(), device, peer));
    return out.get(JAVA_INT, 0) != 0;
  }

  // Contexts

  static long devicePrimaryCtxRetain(int device) {
    MemorySegment out = RESULT.get();
    check("cuDevicePrimaryCtxRetain", call(DEVICE_PRIMARY_CTX_RETAIN, out.address(), device));
    return out.get(JAVA_LONG, 0);
  }

  static void ctxSetCurrent(long context) {
    check("cuCtxSetCurrent", call(CTX_SET_CURRENT, context));
  }

  /// Lets the current context copy from and to another's memory without a way through the host.
  static void ctxEnablePeerAccess(long peer) {
    int status = call(CTX_ENABLE_PEER_ACCESS, peer, 0);
    if (status != CudaException.PEER_ACCESS_ALREADY_ENABLED) {
      check("cuCtxEnablePeerAccess", status);
    }
  }

  // Memory

  /// Free and total bytes of the current context's device, which other processes use too.
  record MemInfo(long free, long total) {}

  static MemInfo memGetInfo() {
    MemorySegment out = RESULT.get();
    check("cuMemGetInfo", call(MEM_GET_INFO, out.address(), out.address() + Long.BYTES));
    return new MemInfo(out.get(JAVA_LONG, 0), out.get(JAVA_LONG, Long.BYTES));
  }

  /// 0 if there is no room.
  static long memAlloc(long bytes) {
    MemorySegment out = RESULT.get();
    int status = call(MEM_ALLOC, out.address(), bytes);
    if (status == CudaException.OUT_OF_MEMORY) {
      return 0;
    }
    check("cuMemAlloc", status);
    return out.get(JAVA_LONG, 0);
  }

  static void memFree(long pointer) {
    check("cuMemFree", call(MEM_FREE, pointer));
  }

  /// Host memory that the device reads and writes by itself (pinned), for every context.
  static MemorySegment memHostAlloc(long bytes) {
    int portable = 1;
    MemorySegment out = RESULT.get();
    check("cuMemHostAlloc", call(MEM_HOST_ALLOC, out.address(), bytes, portable));
    return MemorySegment.ofAddress(out.get(JAVA_LONG, 0)).reinterpret(bytes);
  }

  static void memcpyHtoDAsync(long target, long hostSource, long bytes, long stream) {
    check("cuMemcpyHtoDAsync", call(MEMCPY_HTOD_ASYNC, target, hostSource, bytes, stream));
  }

  static void memcpyDtoHAsync(long hostTarget, long source, long bytes, long stream) {
    check("cuMemcpyDtoHAsync", call(MEMCPY_DTOH_ASYNC, hostTarget, source, bytes, stream));
  }

  static void memcpyPeerAsync(long target, long targetContext, long source, long sourceContext, long bytes, long stream) {
    check("cuMemcpyPeerAsync", call(MEMCPY_PEER_ASYNC, target, targetContext, source, sourceContext, bytes, stream));
  }

  // Streams and events

  /// A stream that does not wait for the default stream.
  /// @param priority 0, or less to be more urgent
  static long streamCreateWithPriority(int priority) {
    int nonBlocking = 1;
    MemorySegment out = RESULT.get();
    check("cuStreamCreateWithPriority", call(STREAM_CREATE_WITH_PRIORITY, out.address(), nonBlocking, priority));
    return out.get(JAVA_LONG, 0);
  }

  static void streamSynchronize(long stream) {
    check("cuStreamSynchronize", call(STREAM_SYNCHRONIZE, stream));
  }

  static void streamWaitEvent(long stream, long event) {
    check("cuStreamWaitEvent", call(STREAM_WAIT_EVENT, stream, event, 0));
  }

  static long eventCreate() {
    MemorySegment out = RESULT.get();
    check("cuEventCreate", call(EVENT_CREATE, out.address(), 0));
    return out.get(JAVA_LONG, 0);
  }

  static void eventRecord(long event, long stream) {
    check("cuEventRecord", call(EVENT_RECORD, event, stream));
  }

  /// Whether the event's stream has come to it.
  static boolean eventQuery(long event) {
    int status = call(EVENT_QUERY, event);
    if (status == CudaException.NOT_READY) {
      return false;
    }
    check("cuEventQuery", status);
    return true;
  }

  static void eventSynchronize(long event) {
    check("cuEventSynchronize", call(EVENT_SYNCHRONIZE, event));
  }

  static float eventElapsedMillis(long start, long end) {
    MemorySegment out = RESULT.get();
    check("cuEventElapsedTime", call(EVENT_ELAPSED_TIME, out.address(), start, end));
    return out.get(JAVA_FLOAT, 0);
  }

  static void eventDestroy(long event) {
    check("cuEventDestroy", call(EVENT_DESTROY, event));
  }

  // Code

  /// A library that was loaded, and its kernel as a function of the current context.
  record Loaded(long library, long function) {}

  /// Assembles a kernel for the current context's device: when the library is loaded, or when its function is asked for
  /// (`CUDA_MODULE_LOADING`). The driver keeps the machine code on disk (`~/.nv/ComputeCache`, or where `CUDA_CACHE_PATH` says).
  /// Several threads may do so at once, as they may not with `cuModuleLoadData`; and nothing is linked, as by `cuLink...`: code
  /// that might be called from elsewhere gets no `setmaxnreg`, and its `wgmma`s wait for one another.
  ///
  /// @throws CudaException with what the assembler says
  static Loaded load(String ptx, String name) {
    int[] options = {5, 6}; // CU_JIT_ERROR_LOG_BUFFER and its bytes
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment log = arena.allocate(16 << 10);
      MemorySegment keys = arena.allocateFrom(JAVA_INT, options);
      MemorySegment values = arena.allocateFrom(JAVA_LONG, log.address(), log.byteSize());
      MemorySegment text = arena.allocateFrom(ptx);
      MemorySegment out = RESULT.get();
      checkLogged("cuLibraryLoadData", call(LIBRARY_LOAD_DATA, out.address(), text.address(), keys.address(), values.address(), options.length, 0, 0, 0), log);
      long library = out.get(JAVA_LONG, 0);
      try {
        checkLogged("cuLibraryGetKernel", call(LIBRARY_GET_KERNEL, out.address(), library, arena.allocateFrom(name).address()), log);
        checkLogged("cuKernelGetFunction", call(KERNEL_GET_FUNCTION, out.address(), out.get(JAVA_LONG, 0)), log);
      } catch (CudaException e) {
        libraryUnload(library);
        throw e;
      }
      return new Loaded(library, out.get(JAVA_LONG, 0));
    }
  }

  static void libraryUnload(long library) {
    check("cuLibraryUnload", call(LIBRARY_UNLOAD, library));
  }

  static int funcGetAttribute(FunctionAttribute attribute, long function) {
    MemorySegment out = RESULT.get();
    check("cuFuncGetAttribute", call(FUNC_GET_ATTRIBUTE, out.address(), attribute.number, function));
    return out.get(JAVA_INT, 0);
  }

  static void funcSetAttribute(long function, FunctionAttribute attribute, int value) {
    check("cuFuncSetAttribute", call(FUNC_SET_ATTRIBUTE, function, attribute.number, value));
  }

  /// @param parameters the address of a list of the parameters' addresses
  static void launchKernel(long function, CudaKernel.Launch launch, long stream, long parameters) {
    check("cuLaunchKernel",
        call(LAUNCH_KERNEL, function, (int) launch.blocks(), launch.rows(), 1, launch.threads(), 1, 1, launch.sharedBytes(), stream,
            parameters, 0));
  }

  /// Writes a tensor map.
  /// @param map 128 bytes, which begin at a multiple of 64
  /// @param type a `CUtensorMapDataType`
  /// @param address of the tensor, a multiple of 16
  /// @param sizes of the dimensions, neighbours in memory first, as i64; strides of all but the first, in bytes, as
  ///     i64; box of a tile, as i32
  /// @param steps between the elements of a tile, as i32
  static void tensorMapEncodeTiled(MemorySegment map, int type, int rank, long address, MemorySegment sizes, MemorySegment strides,
      MemorySegment box, MemorySegment steps) {
    check("cuTensorMapEncodeTiled",
        call(TENSOR_MAP_ENCODE_TILED, map.address(), type, rank, address, sizes.address(), strides.address(), box.address(),
            steps.address(), PLAIN, SWIZZLE_128_BYTES, PROMOTE_TO_256_BYTES, ZEROS_OUTSIDE));
  }

  /// Writes a tensor map of images, of which a tile is some pixels, row by row and image by image.
  /// @param map 128 bytes, which begin at a multiple of 64
  /// @param type a `CUtensorMapDataType`
  /// @param address of the tensor, a multiple of 16
  /// @param sizes of the dimensions, channels first, images last, as i64; strides of all but the first, in bytes, as i64
  /// @param lower where pixels begin along each axis of an image, from its first; upper where they end, from its last, as i32
  /// @param channels of a tile, pixels how many it has
  /// @param steps from pixel to pixel along each dimension, as i32
  static void tensorMapEncodeIm2col(MemorySegment map, int type, int rank, long address, MemorySegment sizes, MemorySegment strides,
      MemorySegment lower, MemorySegment upper, int channels, int pixels, MemorySegment steps) {
    check("cuTensorMapEncodeIm2col",
        call(TENSOR_MAP_ENCODE_IM2COL, map.address(), type, rank, address, sizes.address(), strides.address(), lower.address(),
            upper.address(), channels, pixels, steps.address(), PLAIN, SWIZZLE_128_BYTES, PROMOTE_TO_256_BYTES, ZEROS_OUTSIDE));
  }

  // Graphs

  static long graphCreate() {
    MemorySegment out = RESULT.get();
    check("cuGraphCreate", call(GRAPH_CREATE, out.address(), 0));
    return out.get(JAVA_LONG, 0);
  }

  static void graphDestroy(long graph) {
    check("cuGraphDestroy", call(GRAPH_DESTROY, graph));
  }

  /// @param before the nodes that run before
  /// @param params a `CUDA_KERNEL_NODE_PARAMS_v1`
  static long graphAddKernelNode(long graph, List<Long> before, MemorySegment params) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment dependencies = arena.allocateFrom(JAVA_LONG, before.stream().mapToLong(Long::longValue).toArray());
      MemorySegment out = arena.allocate(JAVA_LONG);
      check("cuGraphAddKernelNode",
          call(GRAPH_ADD_KERNEL_NODE, out.address(), graph, before.isEmpty() ? 0 : dependencies.address(), before.size(),
              params.address()));
      return out.get(JAVA_LONG, 0);
    }
  }

  /// Whether nodes may be set up while those before them still run (drivers from 545 on; CUDA 12.3).
  static boolean hasProgrammaticDependencies() {
    return GRAPH_ADD_DEPENDENCIES != null;
  }

  /// Has a node set up while those before it still run, whose end it waits for itself: `CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC`.
  static void graphAddProgrammaticDependencies(long graph, List<Long> before, long node) {
    try (Arena arena = Arena.ofConfined()) {
      int count = before.size();
      MemorySegment from = arena.allocateFrom(JAVA_LONG, before.stream().mapToLong(Long::longValue).toArray());
      MemorySegment to = arena.allocateFrom(JAVA_LONG, LongStream.generate(() -> node).limit(count).toArray());
      MemorySegment edges = arena.allocate(EDGE_BYTES * count);
      for (long i = 0; i < count; i++) {
        edges.set(JAVA_BYTE, i * EDGE_BYTES, PORT_PROGRAMMATIC);
        edges.set(JAVA_BYTE, i * EDGE_BYTES + 2, TYPE_PROGRAMMATIC);
      }
      check("cuGraphAddDependencies_v2",
          call(Objects.requireNonNull(GRAPH_ADD_DEPENDENCIES), graph, from.address(), to.address(), edges.address(), count));
    }
  }

  /// What can be launched of a graph.
  static long graphInstantiate(long graph) {
    MemorySegment out = RESULT.get();
    check("cuGraphInstantiateWithFlags", call(GRAPH_INSTANTIATE, out.address(), graph, 0));
    return out.get(JAVA_LONG, 0);
  }

  static void graphLaunch(long exec, long stream) {
    check("cuGraphLaunch", call(GRAPH_LAUNCH, exec, stream));
  }

  /// Launches from here on run a node with other parameters.
  static void graphExecKernelNodeSetParams(long exec, long node, MemorySegment params) {
    check("cuGraphExecKernelNodeSetParams", call(GRAPH_EXEC_KERNEL_NODE_SET_PARAMS, exec, node, params.address()));
  }

  static void graphExecDestroy(long exec) {
    check("cuGraphExecDestroy", call(GRAPH_EXEC_DESTROY, exec));
  }

  private static void check(String function, int status) {
    if (status != 0) {
      throw CudaException.of(status, function);
    }
  }

  private static void checkLogged(String function, int status, MemorySegment log) {
    if (status != 0) {
      throw CudaException.of(status, function).with(log.getString(0).strip());
    }
  }

  /// The string that a result points to.
  private static String text(MemorySegment out) {
    return MemorySegment.ofAddress(out.get(JAVA_LONG, 0)).reinterpret(Long.MAX_VALUE).getString(0);
  }

  private static MethodHandle function(String name, int arguments) {
    MemorySegment address =
        LIBRARY.find(name).orElseThrow(() -> new UnsupportedOperationException("its " + CudaLibrary.name() + " has no " + name + ", as drivers from 525 on have (CUDA 12.0)"));
    MemoryLayout[] words = new MemoryLayout[arguments];
    Arrays.fill(words, JAVA_LONG);
    return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(JAVA_INT, words));
  }

  // The callers' handles are constants, and these methods small enough to be compiled into them.

  private static int call(MethodHandle function, long a) {
    try {
      return (int) function.invokeExact(a);
    } catch (Throwable e) {
      throw new AssertionError(e); // native code throws nothing
    }
  }

  private static int call(MethodHandle function, long a, long b) {
    try {
      return (int) function.invokeExact(a, b);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int call(MethodHandle function, long a, long b, long c) {
    try {
      return (int) function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int call(MethodHandle function, long a, long b, long c, long d) {
    try {
      return (int) function.invokeExact(a, b, c, d);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int call(MethodHandle function, long a, long b, long c, long d, long e) {
    try {
      return (int) function.invokeExact(a, b, c, d, e);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static int call(MethodHandle function, long a, long b, long c, long d, long e, long f) {
    try {
      return (int) function.invokeExact(a, b, c, d, e, f);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static int call(MethodHandle function, long a, long b, long c, long d, long e, long f, long g, long h) {
    try {
      return (int) function.invokeExact(a, b, c, d, e, f, g, h);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static int call(MethodHandle function, long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k) {
    try {
      return (int) function.invokeExact(a, b, c, d, e, f, g, h, i, j, k);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static int call(MethodHandle function, long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
      long l) {
    try {
      return (int) function.invokeExact(a, b, c, d, e, f, g, h, i, j, k, l);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static int call(MethodHandle function, long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
      long l, long m, long n, long o) {
    try {
      return (int) function.invokeExact(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }
}
