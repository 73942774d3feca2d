package org.teenygrad.engine.ir;

import org.teenygrad.Shape;

/// An argument of a kernel or of a cached graph: its position and the shape of the buffer behind it.
public record Param(int slot, Shape shape) {}
