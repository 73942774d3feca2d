package org.teenygrad.engine.codegen;

/// Kernels on a GPU that run over many lists of buffers in one launch: the pointers of all are one parameter.
final class Runs {
  /// All parameters of a kernel (CUDA 12.1).
  private static final int MOST_BYTES = 32_764;

  /// A tensor map, as the driver writes it.
  static final int MAP_BYTES = 128;

  /// The last parameter of a kernel that [prefetches][LoopNest#prefetched]: 1 if no launch of its sequence writes that buffer.
  static final String UNWRITTEN = "%unwritten";

  private Runs() {}

  /// How many runs with so many buffers and tensor maps each the parameters have room for. The tables of as many runs in [Flat]
  /// just fit into constant memory, which has 64 KiB.
  static int most(int slots, int maps) {
    // Maps begin at multiples of half their size.
    return Math.max(1, (MOST_BYTES - MAP_BYTES - Integer.BYTES) / (slots * Long.BYTES + maps * MAP_BYTES));
  }

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
