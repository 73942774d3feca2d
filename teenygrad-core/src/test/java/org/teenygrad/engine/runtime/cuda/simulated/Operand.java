package org.teenygrad.engine.runtime.cuda.simulated;

/// What an instruction reads or gives.
///
/// @param place where its lanes begin in a thread's registers, among which are a kernel's constants
record Operand(Type type, int place) {}
