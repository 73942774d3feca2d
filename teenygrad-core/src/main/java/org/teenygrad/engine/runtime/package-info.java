/// What a device implements: Runtime, Allocator, Buffer, Compiler and Kernel.
@NullMarked
package org.teenygrad.engine.runtime;

import org.jspecify.annotations.NullMarked;
