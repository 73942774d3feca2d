package org.teenygrad.codegen;

/// Kernels on a GPU that run over many lists of buffers in one launch: the pointers of all are one parameter.
final class Runs {
  /// Pointers that fit into a kernel's parameters, which have room for 32,764 bytes (CUDA 12.1).
  static final int MOST_POINTERS = 4095;

  private Runs() {}

  /// The parameter that holds the pointers of all runs, those of one run side by side.
  static String parameter(int runs, int slots) {
    return "ptr byval([" + runs * slots + " x ptr addrspace(1)]) align 8 %arguments";
  }

  /// Makes the buffers known that a run works on.
  static void open(Ir ir, String run, int slots) {
    String pointers = ir.value("getelementptr [" + slots + " x ptr addrspace(1)], ptr %arguments, i64 " + run);
    for (int slot = 0; slot < slots; slot++) {
      String place = ir.value("getelementptr ptr addrspace(1), ptr " + pointers + ", i64 " + slot);
      ir.effect(Memory.pointer(slot) + " = load " + ir.dialect.pointer + ", ptr " + place + ", align 8");
    }
  }
}
