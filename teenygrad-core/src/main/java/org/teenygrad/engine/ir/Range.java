package org.teenygrad.engine.ir;

/// One loop of a kernel: its number, unique in the kernel, and how often it runs. A RANGE with an input ends there: it runs from 0 to
/// `min(input, size)`, not at all where that is not positive.
public record Range(int id, long size) {}
