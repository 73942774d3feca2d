package org.teenygrad.runtime;

/// Turns programs into code for one device.
@FunctionalInterface
public interface Compiler {
  Kernel compile(Program program);
}
