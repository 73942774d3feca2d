package org.teenygrad.engine.runtime.cuda;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.codegen.KernelDescription;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;

/// A kernel whose PTX is written when somebody asks for it.
public final class PtxKernel {
  private static final Pattern STATIC_SHARED = Pattern.compile("\\.shared \\.align \\d+ \\.b8 \\w+\\[(\\d+)]");
  private static final Pattern INSTRUCTION = Pattern.compile("(?m)^\\s+(@!?%p\\d+ )?[a-z][^;]*;$");

  private final Program program;
  private final LlvmCompiler llvm;
  private @Nullable String ptx;

  PtxKernel(Program program, LlvmCompiler llvm) {
    this.program = program;
    this.llvm = llvm;
  }

  public Program program() {
    return program;
  }

  public synchronized String ptx() {
    String text = ptx;
    if (text == null) {
      text = llvm.assembly(program.source());
      ptx = text;
    }
    return text;
  }

  /// How many instructions there are whose name begins so, in the text: one in a loop counts once.
  /// @param instruction `ld.global.v4`, `mma.sync`
  public int count(String instruction) {
    return (int) Pattern.compile("(?<![\\w.])" + Pattern.quote(instruction) + "(?![a-z])").matcher(ptx()).results().count();
  }

  /// How many instructions there are in all; one in a loop counts once.
  public int instructions() {
    return (int) INSTRUCTION.matcher(ptx()).results().count();
  }

  /// Shared memory that a block has beside what its launch asks for.
  public int staticSharedBytes() {
    return STATIC_SHARED.matcher(ptx()).results().mapToInt(array -> Integer.parseInt(array.group(1))).sum();
  }

  /// What kind of kernel it is: the first word of its name.
  public String kind() {
    return program.name().substring(0, program.name().indexOf('_'));
  }

  @Override
  public String toString() {
    return program.name() + ": " + KernelDescription.of(program.graph());
  }
}
