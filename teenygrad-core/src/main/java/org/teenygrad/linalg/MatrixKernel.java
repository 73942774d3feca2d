package org.teenygrad.linalg;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.codegen.MatrixPrograms;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.HostBuffer;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.cpu.Cpu;

/// A program of [MatrixPrograms] as machine code, for one thread and for all.
enum MatrixKernel {
  PRODUCTS(MatrixPrograms::products),
  INNER_PRODUCTS(MatrixPrograms::innerProducts),
  ROTATIONS(MatrixPrograms::rotations);

  /// Operations below which a call costs more than a loop of Java.
  private static final double LEAST_FLOPS = 500;

  /// Operations from which on other threads take part: some 10 µs of them.
  private static final double SHARED_FLOPS = 4e5;

  private static final int WORDS = 16;
  private static final boolean PRESENT = Cpu.isPresent();
  private static final ThreadLocal<HostBuffer> ARGUMENT = ThreadLocal.withInitial(() -> HostAllocator.shared().allocate(WORDS * Long.BYTES));

  private final BiFunction<Target.Cpu, Boolean, Program> program;
  private volatile @Nullable Kernel alone;
  private volatile @Nullable Kernel shared;

  MatrixKernel(BiFunction<Target.Cpu, Boolean, Program> program) {
    this.program = program;
  }

  /// Whether there is machine code, and so much to do that it is worth a call.
  static boolean isWorth(double flops) {
    return PRESENT && flops >= LEAST_FLOPS;
  }

  /// Runs it.
  /// @param words sets the words of the argument
  void run(double flops, Consumer<Argument> words) {
    HostBuffer argument = ARGUMENT.get();
    words.accept(new Argument(argument.segment()));
    (flops < SHARED_FLOPS ? alone() : shared()).run(List.of(List.of(argument)));
  }

  /// The words that a program is given.
  record Argument(MemorySegment memory) {
    Argument set(Enum<?> word, long value) {
      memory.setAtIndex(ValueLayout.JAVA_LONG, word.ordinal(), value);
      return this;
    }

    Argument set(Enum<?> word, double value) {
      return set(word, Double.doubleToRawLongBits(value));
    }
  }

  private Kernel alone() {
    Kernel known = alone;
    if (known == null) {
      alone = known = compiled(true);
    }
    return known;
  }

  private Kernel shared() {
    Kernel known = shared;
    if (known == null) {
      shared = known = compiled(false);
    }
    return known;
  }

  private synchronized Kernel compiled(boolean isAlone) {
    Kernel known = isAlone ? alone : shared;
    if (known != null) {
      return known;
    }
    Runtime runtime = Devices.runtime(Device.of("cpu"));
    return runtime.compiler().compile(program.apply((Target.Cpu) runtime.target(), isAlone));
  }
}
