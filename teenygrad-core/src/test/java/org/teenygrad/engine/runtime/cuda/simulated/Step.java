package org.teenygrad.engine.runtime.cuda.simulated;

/// What one thread does for an instruction at which it need not meet others.
interface Step {
  void run(GpuThread thread);
}
