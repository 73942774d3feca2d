package org.teenygrad.engine.ir;

/// One loop of a kernel: its number, unique in the kernel, and how often it runs.
public record Range(int id, long size) {}
