package org.teenygrad.engine.ir;

import org.jspecify.annotations.Nullable;

/// How SCATTER writes along `axis`: combining by ADD, MUL, MAX or MIN, or replacing (the last one wins) where `combine` is null.
public record Scatter(int axis, @Nullable OpCode combine) {}
