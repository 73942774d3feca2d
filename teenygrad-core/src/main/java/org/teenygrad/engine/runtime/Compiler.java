package org.teenygrad.engine.runtime;

import java.util.List;
import java.util.function.Supplier;

/// Turns programs into code for one device.
@FunctionalInterface
public interface Compiler {
  Kernel compile(Program program);

  /// What the program is as assembly, PTX on NVIDIA's GPUs; empty where there is none.
  default String assembly(Program program) {
    return "";
  }

  /// Kernels of this device that will run one after the other again and again. By default they are called one by one; a device to
  /// which a whole sequence can be handed at once does so.
  /// @param ordering asked for where more than one of them may run at the same time
  default Sequence sequence(List<Kernel> kernels, Supplier<Ordering> ordering) {
    return arguments -> {
      for (int i = 0; i < kernels.size(); i++) {
        kernels.get(i).run(arguments.get(i));
      }
    };
  }
}
