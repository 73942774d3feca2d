package org.teenygrad.engine.codegen;

/// Passes over int64 in a processor's scratch memory, each from one half of it to the other, after which they are in order.
sealed interface ScratchPasses permits MergePasses, RadixPasses {
  /// How much scratch memory they use.
  long bytes();

  /// @param from where the numbers begin: at 0, or behind as many as there are
  /// @return where they begin then
  String sort(String from);

  static String place(Ir ir, String index) {
    return ir.value("getelementptr inbounds i64, ptr %scratch, i64 " + index);
  }
}
