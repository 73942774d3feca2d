package org.teenygrad.engine.runtime.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Calls a compiled kernel: `void kernel(ptr args, i64 begin, i64 end, ptr scratch)`.
///
/// An ordinary downcall: 12 ns, and the garbage collector may run meanwhile.
/// (`Linker.Option.critical` takes 5 ns, but then every other thread's safepoint waits until the
/// kernel ends.)
@SuppressWarnings("restricted")
final class NativeFunction {
  private static final MethodHandle KERNEL =
      Linker.nativeLinker()
          .downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private NativeFunction() {}

  static void call(MemorySegment function, long args, long begin, long end, long scratch) {
    try {
      KERNEL.invokeExact(function, args, begin, end, scratch);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e); // native code throws nothing
    }
  }
}
