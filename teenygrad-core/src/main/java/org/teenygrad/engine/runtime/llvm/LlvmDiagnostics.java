package org.teenygrad.engine.runtime.llvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// Collects the errors that LLVM reports while it generates code, such as inline assembly that the
/// machine has not. Without a handler on the context, LLVM prints such an error and ends the
/// process.
@SuppressWarnings("restricted")
final class LlvmDiagnostics {
  private static final int ERROR = 0;
  private static final ConcurrentHashMap<Long, List<String>> ERRORS = new ConcurrentHashMap<>();
  private static final MemorySegment HANDLER = handler();

  private LlvmDiagnostics() {}

  /// The list that errors of this context are added to until [#forget].
  static List<String> collect(long context) {
    List<String> errors = new ArrayList<>();
    ERRORS.put(context, errors);
    Llvm.contextSetDiagnosticHandler(context, HANDLER, context);
    return errors;
  }

  static void forget(long context) {
    ERRORS.remove(context);
  }

  /// Called by LLVM, on the thread that compiles in the context.
  private static void report(long diagInfo, long context) {
    List<String> errors = ERRORS.get(context);
    if (errors != null && Llvm.diagInfoSeverity(diagInfo) == ERROR) {
      errors.add(Llvm.diagInfoDescription(diagInfo));
    }
  }

  private static MemorySegment handler() {
    try {
      return Linker.nativeLinker()
          .upcallStub(
              MethodHandles.lookup()
                  .findStatic(
                      LlvmDiagnostics.class,
                      "report",
                      MethodType.methodType(void.class, long.class, long.class)),
              FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG),
              Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
