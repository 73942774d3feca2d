package org.teenygrad.engine.runtime.llvm;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The machine that code is generated for, in LLVM's terms.
///
/// @param triple architecture, vendor, system: `x86_64-unknown-linux-gnu`
/// @param cpu the processor by LLVM's name: `emeraldrapids`, `sm_90a`
/// @param features what it has, `+avx512f,-sse4a,...`
public record LlvmTarget(String triple, String cpu, String features) {
  private static final Set<Architecture> READY = EnumSet.noneOf(Architecture.class);

  /// The back ends that teenygrad uses. LLVM's assembly parsers are there for inline assembly;
  /// NVPTX hands its text through.
  enum Architecture {
    X86("X86", List.of("TargetInfo", "Target", "TargetMC", "AsmPrinter", "AsmParser")),
    AARCH64("AArch64", List.of("TargetInfo", "Target", "TargetMC", "AsmPrinter", "AsmParser")),
    NVPTX("NVPTX", List.of("TargetInfo", "Target", "TargetMC", "AsmPrinter"));

    private final String llvmName;
    private final List<String> parts;

    Architecture(String llvmName, List<String> parts) {
      this.llvmName = llvmName;
      this.parts = parts;
    }
  }

  /// This machine, with everything its processor has.
  public static LlvmTarget host() {
    LlvmLibrary.lookup(); // fails here with its own message, not as an error of a class
    return Host.TARGET;
  }

  /// An NVIDIA GPU: `nvptx("sm_90a", 83)` is Hopper with PTX ISA 8.3.
  ///
  /// @param processor `sm_80`, `sm_90a`, ...
  /// @param ptxVersion ten times the PTX ISA's version, at most what the installed driver reads
  public static LlvmTarget nvptx(String processor, int ptxVersion) {
    return new LlvmTarget("nvptx64-nvidia-cuda", processor, "+ptx" + ptxVersion);
  }

  Architecture architecture() {
    return switch (triple.substring(0, Math.max(0, triple.indexOf('-')))) {
      case "x86_64" -> Architecture.X86;
      case "aarch64", "arm64" -> Architecture.AARCH64;
      case "nvptx64" -> Architecture.NVPTX;
      default ->
          throw new LlvmException(
              "No code is generated for " + triple + "; x86_64, aarch64 and nvptx64 are known");
    };
  }

  /// Registers this target's back end with LLVM, once in a process; LLVM's own registry is not safe
  /// for threads.
  void initialize() {
    Architecture wanted = architecture();
    synchronized (READY) {
      if (READY.add(wanted)) {
        wanted.parts.forEach(part -> Llvm.initialize(wanted.llvmName, part));
      }
    }
  }

  /// Asked once; the answer is 2 kB of text.
  private static final class Host {
    static final LlvmTarget TARGET =
        new LlvmTarget(Llvm.defaultTargetTriple(), Llvm.hostCpuName(), Llvm.hostCpuFeatures());
  }
}
