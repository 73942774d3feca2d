package org.teenygrad.engine.codegen;

/// Numbers of 8 bytes that a block of a [BitonicSort] has in shared memory.
///
/// @param row numbers of a row
/// @param rows of a block
record SortMemory(Emitter emitter, int row, int rows) {
  /// An unused number behind every so many, so that threads write their neighbouring numbers to different banks.
  private static final int PADDED = 16;

  /// Where a row begins.
  String start(String number) {
    return emitter.ir.value("mul i64 " + number + ", " + (row + row / PADDED));
  }

  /// A place of a row.
  String padded(String start, String index) {
    Ir ir = emitter.ir;
    return emitter.sum(start, ir.value("add i64 " + index + ", " + ir.value("udiv i64 " + index + ", " + PADDED)));
  }

  void store(String number, String index) {
    emitter.ir.effect("store i64 " + number + ", ptr addrspace(3) " + pointer(index));
  }

  String load(String index) {
    return emitter.ir.value("load i64, ptr addrspace(3) " + pointer(index));
  }

  private String pointer(String index) {
    int all = row * rows;
    emitter.ir.declare("@sorted = internal addrspace(3) global [" + (all + all / PADDED) + " x i64] undef, align 8");
    return emitter.ir.value("getelementptr inbounds i64, ptr addrspace(3) @sorted, i64 " + index);
  }
}
