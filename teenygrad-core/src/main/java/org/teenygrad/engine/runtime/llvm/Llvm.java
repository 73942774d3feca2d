package org.teenygrad.engine.runtime.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.ConcurrentHashMap;

/// The part of LLVM's C API that teenygrad calls, a line a function; the names are LLVM's without
/// their prefix.
///
/// Every one of these functions takes and returns pointers, sizes, 32-bit enums and flags only, so
/// each argument travels in one integer register (or 8-byte stack slot) in the C ABIs of x86-64
/// System V and AArch64, where the caller cleans up and surplus arguments are not looked at. One
/// downcall handle of seven words therefore serves them all. A handle for each function costs 5 ms
/// each when the JVM is cold (measured, JDK 25), and a first kernel would wait for some twenty of
/// them.
///
/// An LLVM pointer is a Java `long` here; 0 is null.
@SuppressWarnings("restricted") // native access is what this class is for
final class Llvm {
  private static final ConcurrentHashMap<String, MemorySegment> ADDRESSES =
      new ConcurrentHashMap<>();
  private static final MethodHandle SEVEN_WORDS =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                  JAVA_LONG));

  private Llvm() {}

  // Contexts, modules and memory buffers (Core.h, IRReader.h, Analysis.h)

  static long contextCreate() {
    return call("LLVMContextCreate");
  }

  static void contextDispose(long context) {
    call("LLVMContextDispose", context);
  }

  static void contextSetDiagnosticHandler(
      long context, MemorySegment handler, long handlerContext) {
    call("LLVMContextSetDiagnosticHandler", context, handler.address(), handlerContext);
  }

  static String diagInfoDescription(long diagInfo) {
    return takeMessage(call("LLVMGetDiagInfoDescription", diagInfo));
  }

  /// 0 error, 1 warning, 2 remark, 3 note.
  static int diagInfoSeverity(long diagInfo) {
    return (int) call("LLVMGetDiagInfoSeverity", diagInfo);
  }

  /// The bytes must be followed by a zero byte; they are copied.
  static long memoryBufferCopy(MemorySegment bytes, long size, MemorySegment name) {
    return call("LLVMCreateMemoryBufferWithMemoryRangeCopy", bytes.address(), size, name.address());
  }

  static byte[] memoryBufferBytes(long buffer) {
    long size = call("LLVMGetBufferSize", buffer);
    return MemorySegment.ofAddress(call("LLVMGetBufferStart", buffer))
        .reinterpret(size)
        .toArray(JAVA_BYTE);
  }

  static void disposeMemoryBuffer(long buffer) {
    call("LLVMDisposeMemoryBuffer", buffer);
  }

  /// Takes ownership of the buffer. True means failure, and that a message was written.
  static boolean parseIr(
      long context, long buffer, MemorySegment outModule, MemorySegment outMessage) {
    return flag(
        call("LLVMParseIRInContext", context, buffer, outModule.address(), outMessage.address()));
  }

  /// True means that the module is broken; the message is written in either case.
  static boolean verify(long module, MemorySegment outMessage) {
    long returnStatus = 2;
    return flag(call("LLVMVerifyModule", module, returnStatus, outMessage.address()));
  }

  static void disposeModule(long module) {
    call("LLVMDisposeModule", module);
  }

  static void setTarget(long module, MemorySegment triple) {
    call("LLVMSetTarget", module, triple.address());
  }

  static void setDataLayout(long module, long dataLayout) {
    call("LLVMSetModuleDataLayout", module, dataLayout);
  }

  /// `20.1.7`.
  static String version() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parts = arena.allocate(JAVA_INT, 3);
      long part = JAVA_INT.byteSize();
      call("LLVMGetVersion", parts.address(), parts.address() + part, parts.address() + 2 * part);
      return parts.get(JAVA_INT, 0)
          + "."
          + parts.get(JAVA_INT, part)
          + "."
          + parts.get(JAVA_INT, 2 * part);
    }
  }

  // Targets (Target.h, TargetMachine.h)

  static void initialize(String target, String part) {
    call("LLVMInitialize" + target + part);
  }

  static String defaultTargetTriple() {
    return takeMessage(call("LLVMGetDefaultTargetTriple"));
  }

  static String hostCpuName() {
    return takeMessage(call("LLVMGetHostCPUName"));
  }

  static String hostCpuFeatures() {
    return takeMessage(call("LLVMGetHostCPUFeatures"));
  }

  /// True means failure, and that a message was written.
  static boolean targetFromTriple(
      MemorySegment triple, MemorySegment outTarget, MemorySegment outMessage) {
    return flag(
        call(
            "LLVMGetTargetFromTriple",
            triple.address(),
            outTarget.address(),
            outMessage.address()));
  }

  static long createTargetMachine(
      long target,
      MemorySegment triple,
      MemorySegment cpu,
      MemorySegment features,
      int optLevel,
      int reloc,
      int codeModel) {
    return call(
        "LLVMCreateTargetMachine",
        target,
        triple.address(),
        cpu.address(),
        features.address(),
        optLevel,
        reloc,
        codeModel);
  }

  static void disposeTargetMachine(long machine) {
    call("LLVMDisposeTargetMachine", machine);
  }

  static long createTargetDataLayout(long machine) {
    return call("LLVMCreateTargetDataLayout", machine);
  }

  static void disposeTargetData(long dataLayout) {
    call("LLVMDisposeTargetData", dataLayout);
  }

  /// True means failure, and that a message was written.
  static boolean emit(
      long machine, long module, int fileType, MemorySegment outMessage, MemorySegment outBuffer) {
    return flag(
        call(
            "LLVMTargetMachineEmitToMemoryBuffer",
            machine,
            module,
            fileType,
            outMessage.address(),
            outBuffer.address()));
  }

  // Passes (Transforms/PassBuilder.h)

  static long createPassBuilderOptions() {
    return call("LLVMCreatePassBuilderOptions");
  }

  static void disposePassBuilderOptions(long options) {
    call("LLVMDisposePassBuilderOptions", options);
  }

  /// An error, or 0.
  static long runPasses(long module, MemorySegment passes, long machine, long options) {
    return call("LLVMRunPasses", module, passes.address(), machine, options);
  }

  // Linking object code into this process (LLJIT.h, Orc.h)

  static long createLljit(MemorySegment outJit) {
    long defaultBuilder = 0;
    return call("LLVMOrcCreateLLJIT", outJit.address(), defaultBuilder);
  }

  static long mainDylib(long jit) {
    return call("LLVMOrcLLJITGetMainJITDylib", jit);
  }

  static long createResourceTracker(long dylib) {
    return call("LLVMOrcJITDylibCreateResourceTracker", dylib);
  }

  static long removeResources(long tracker) {
    return call("LLVMOrcResourceTrackerRemove", tracker);
  }

  static void releaseResourceTracker(long tracker) {
    call("LLVMOrcReleaseResourceTracker", tracker);
  }

  /// Takes ownership of the buffer.
  static long addObjectFile(long jit, long tracker, long buffer) {
    return call("LLVMOrcLLJITAddObjectFileWithRT", jit, tracker, buffer);
  }

  static long lookup(long jit, MemorySegment outAddress, MemorySegment name) {
    return call("LLVMOrcLLJITLookup", jit, outAddress.address(), name.address());
  }

  // Errors (Error.h)

  /// Throws if `error` is not 0, which consumes it.
  static void check(String what, long error) {
    if (error != 0) {
      long text = call("LLVMGetErrorMessage", error);
      String message = MemorySegment.ofAddress(text).reinterpret(Long.MAX_VALUE).getString(0);
      call("LLVMDisposeErrorMessage", text);
      throw new LlvmException(what + ": " + message);
    }
  }

  /// A message of LLVM's as a Java string; frees it.
  static String takeMessage(long text) {
    if (text == 0) {
      return "";
    }
    String message = MemorySegment.ofAddress(text).reinterpret(Long.MAX_VALUE).getString(0);
    call("LLVMDisposeMessage", text);
    return message;
  }

  static String takeMessage(MemorySegment outMessage) {
    return takeMessage(outMessage.get(JAVA_LONG, 0));
  }

  /// A cell that LLVM writes a pointer to.
  static MemorySegment out(Arena arena) {
    return arena.allocate(ADDRESS);
  }

  private static boolean flag(long result) {
    return (int) result
        != 0; // an LLVMBool is 32 bits; what stands above them in the register is not defined
  }

  private static long call(String function, long... a) {
    MemorySegment address =
        ADDRESSES.computeIfAbsent(
            function,
            name ->
                LlvmLibrary.lookup()
                    .find(name)
                    .orElseThrow(
                        () ->
                            new LlvmException(
                                "This libLLVM has no "
                                    + name
                                    + "; LLVM "
                                    + LlvmLibrary.VERSION
                                    + " has")));
    int n = a.length;
    try {
      return (long)
          SEVEN_WORDS.invokeExact(
              address,
              n > 0 ? a[0] : 0,
              n > 1 ? a[1] : 0,
              n > 2 ? a[2] : 0,
              n > 3 ? a[3] : 0,
              n > 4 ? a[4] : 0,
              n > 5 ? a[5] : 0,
              n > 6 ? a[6] : 0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
