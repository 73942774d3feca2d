package org.teenygrad.engine.runtime.cuda;

/// A kernel written by hand: `out[i] = left[i] + right[i]` for 256 floats a block.
final class AddKernel {
  static final String NAME = "add";
  static final int THREADS = 256;

  static final String IR =
      """
      declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
      declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()

      define ptx_kernel void @add(ptr addrspace(1) %out, ptr addrspace(1) %left, ptr addrspace(1) %right) {
        %thread = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
        %block = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
        %first = mul i32 %block, 256
        %i = add i32 %first, %thread
        %l = getelementptr float, ptr addrspace(1) %left, i32 %i
        %r = getelementptr float, ptr addrspace(1) %right, i32 %i
        %o = getelementptr float, ptr addrspace(1) %out, i32 %i
        %x = load float, ptr addrspace(1) %l
        %y = load float, ptr addrspace(1) %r
        %sum = fadd float %x, %y
        store float %sum, ptr addrspace(1) %o
        ret void
      }
      """;

  private AddKernel() {}
}
