package org.teenygrad.engine.runtime.llvm;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An object file for this machine, linked into this process and ready to call.
///
/// What it refers to beyond itself (`expf`, `memcpy`, ...) is found among the symbols of the
/// process, which has the C library and libm. The code lives until [#close] or until this object is
/// unreachable: whoever calls an address keeps this object reachable over the call.
public final class ObjectCode implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Map<String, MemorySegment> addresses = new LinkedHashMap<>();
  private final Cleaner.Cleanable cleanable;

  private ObjectCode(JitLinker linker, long tracker, List<String> functions) {
    for (String function : functions) {
      addresses.put(function, MemorySegment.ofAddress(linker.lookup(function)));
    }
    this.cleanable = CLEANER.register(this, () -> linker.remove(tracker, functions));
  }

  /// Links an object.
  ///
  /// @param object what [LlvmCompiler#object] made for [LlvmTarget#host]
  /// @param functions every function or variable that the object makes visible; other definitions
  ///   in its IR must be `internal` or `private`
  public static ObjectCode link(byte[] object, String... functions) {
    List<String> names = List.of(functions);
    JitLinker linker = JitLinker.reserve(names);
    long tracker;
    try {
      tracker = linker.add(object);
    } catch (RuntimeException e) {
      linker.release(names);
      throw e;
    }
    try {
      return new ObjectCode(linker, tracker, names);
    } catch (RuntimeException e) {
      linker.remove(tracker, names);
      throw e;
    }
  }

  /// Where the function starts.
  public MemorySegment address(String function) {
    MemorySegment address = addresses.get(function);
    if (address == null) {
      throw new LlvmException(
          "The object was linked for " + addresses.keySet() + ", not for " + function);
    }
    return address;
  }

  /// Removes the code from the process. Nothing may run in it or call it any more.
  @Override
  public void close() {
    cleanable.clean();
  }
}
