package org.teenygrad.engine.codegen;

/// An array of float32 in a block's shared memory.
record SharedFloats(Ir ir, String name) {
  static SharedFloats declare(Ir ir, String name, int elements) {
    ir.declare("@" + name + " = internal addrspace(3) global [" + elements + " x float] undef, align 16");
    return new SharedFloats(ir, name);
  }

  /// One number.
  void write(String index, String value) {
    write(index, "float", value, Float.BYTES);
  }

  void write(String index, String type, String value, int alignment) {
    ir.effect("store " + type + " " + value + ", ptr addrspace(3) " + place(index) + ", align " + alignment);
  }

  /// One number.
  String read(String index) {
    return read(index, "float", Float.BYTES);
  }

  String read(String index, String type, int alignment) {
    return ir.value("load " + type + ", ptr addrspace(3) " + place(index) + ", align " + alignment);
  }

  private String place(String index) {
    return ir.value("getelementptr inbounds float, ptr addrspace(3) @" + name + ", i64 " + index);
  }
}
