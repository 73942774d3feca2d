package org.teenygrad.engine.runtime.llvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// LLVM IR text to machine code for one target. Each call has an LLVM context of its own, so that
/// any number of threads may compile with one compiler at once.
///
/// The IR need not name a target or a data layout: the compiler sets both. What a function wants
/// beyond the target's features it says in its attributes: on x86, LLVM uses 512-bit registers only
/// in functions that carry `"prefer-vector-width"="512"`; without it, a `<16 x float>` becomes two
/// 256-bit halves on most processors.
///
/// A module may hold many kernels; about half of the 2 to 3 ms that a small kernel costs is LLVM
/// setting up its passes, which a module pays once.
///
/// @param target the machine
/// @param passes passes to run before code generation in the syntax of `opt -passes=`, or `""` for
///   none. LLVM ends the process for a pipeline that it cannot build: keep to those that were tried
/// @param optLevel effort of the code generator, 0 to 3
/// @param verify whether LLVM checks the IR after parsing (1% of the time); without it, IR that is
///   well-formed text but breaks a rule, such as a use before its definition, may end the process
public record LlvmCompiler(LlvmTarget target, String passes, int optLevel, boolean verify) {
  /// Cleans up what a generator leaves behind (common subexpressions, redundant casts, invariants
  /// in loops) and leaves the shape of loops alone.
  public static final String CLEAN_UP =
      "function(early-cse,instcombine<no-verify-fixpoint>,simplifycfg,loop-mssa(licm))";

  private static final int ASSEMBLY = 0;
  private static final int OBJECT = 1;

  public LlvmCompiler {
    if (optLevel < 0 || optLevel > 3) {
      throw new IllegalArgumentException("optLevel is " + optLevel + "; LLVM has 0 to 3");
    }
  }

  /// Verified, level 2, no passes: for IR that comes out of the Generator in its final shape.
  public LlvmCompiler(LlvmTarget target) {
    this(target, "", 2, true);
  }

  /// An object file: ELF or Mach-O. Not for NVPTX, which has none.
  public byte[] object(String ir) {
    return compile(ir, OBJECT);
  }

  /// Assembly as text; for NVPTX this is PTX, which the driver loads.
  public String assembly(String ir) {
    return new String(compile(ir, ASSEMBLY), StandardCharsets.UTF_8);
  }

  /// All that decides the code beside the IR: part of the key under which it is cached.
  public String identity() {
    return String.join(
        "|",
        Llvm.version(),
        target.triple(),
        target.cpu(),
        target.features(),
        passes,
        "O" + optLevel);
  }

  private byte[] compile(String ir, int fileType) {
    long context = Llvm.contextCreate();
    try (Arena arena = Arena.ofConfined();
        TargetMachine machine = TargetMachine.borrow(target, optLevel)) {
      List<String> errors = LlvmDiagnostics.collect(context);
      long module = parse(context, ir, arena);
      try {
        prepare(module, machine.pointer(), arena);
        byte[] code = emit(module, machine.pointer(), fileType, arena);
        if (!errors.isEmpty()) {
          throw new LlvmException(
              "LLVM generates no code for " + target.cpu() + ": " + String.join("; ", errors));
        }
        return code;
      } finally {
        Llvm.disposeModule(module);
      }
    } finally {
      LlvmDiagnostics.forget(context);
      Llvm.contextDispose(context);
    }
  }

  private static long parse(long context, String ir, Arena arena) {
    MemorySegment text = arena.allocateFrom(ir);
    MemorySegment module = Llvm.out(arena);
    MemorySegment message = Llvm.out(arena);
    long buffer = Llvm.memoryBufferCopy(text, text.byteSize() - 1, arena.allocateFrom("kernel.ll"));
    if (Llvm.parseIr(context, buffer, module, message)) {
      // LLVM's message holds line, column, the line itself and a caret under the place.
      throw new LlvmException("LLVM IR does not parse: " + Llvm.takeMessage(message).strip());
    }
    return module.get(JAVA_LONG, 0);
  }

  private void prepare(long module, long machine, Arena arena) {
    Llvm.setTarget(module, arena.allocateFrom(target.triple()));
    long layout = Llvm.createTargetDataLayout(machine);
    Llvm.setDataLayout(module, layout);
    Llvm.disposeTargetData(layout);
    if (verify) {
      MemorySegment message = Llvm.out(arena);
      boolean broken = Llvm.verify(module, message);
      String complaint = Llvm.takeMessage(message);
      if (broken) {
        throw new LlvmException("LLVM IR is not valid: " + complaint.strip());
      }
    }
    if (!passes.isEmpty()) {
      long options = Llvm.createPassBuilderOptions();
      try {
        Llvm.check(
            "LLVM does not run the passes " + passes,
            Llvm.runPasses(module, arena.allocateFrom(passes), machine, options));
      } finally {
        Llvm.disposePassBuilderOptions(options);
      }
    }
  }

  private byte[] emit(long module, long machine, int fileType, Arena arena) {
    MemorySegment message = Llvm.out(arena);
    MemorySegment buffer = Llvm.out(arena);
    if (Llvm.emit(machine, module, fileType, message, buffer)) {
      throw new LlvmException(
          "LLVM generates no code for " + target.triple() + ": " + Llvm.takeMessage(message));
    }
    long code = buffer.get(JAVA_LONG, 0);
    try {
      return Llvm.memoryBufferBytes(code);
    } finally {
      Llvm.disposeMemoryBuffer(code);
    }
  }
}
