package org.teenygrad.codegen;

/// Kernels on a GPU that run over many lists of buffers in one launch: the pointers of all are one parameter.
final class Runs {
  /// Pointers that fit into a kernel's parameters, which have room for 32,764 bytes (CUDA 12.1).
  static final int MOST_POINTERS = 4095;

  /// A tensor map, as the driver writes it.
  static final int MAP_BYTES = 128;

  private Runs() {}

  /// The name of a parameter that holds a tensor map for each run.
  static String map(int number) {
    return "%map" + number;
  }

  /// That parameter.
  static String mapParameter(int number, int runs) {
    return "ptr byval([" + runs + " x [" + MAP_BYTES + " x i8]]) align 64 " + map(number);
  }

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
