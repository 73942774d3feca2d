/// The device that walks the graph with plain loops in Java: the definition of every opcode.
@NullMarked
package org.teenygrad.engine.runtime.interpreter;

import org.jspecify.annotations.NullMarked;
