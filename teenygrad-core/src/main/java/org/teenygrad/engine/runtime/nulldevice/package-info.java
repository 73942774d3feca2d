/// The device that accepts everything and runs nothing: for counting kernels and planning memory.
@NullMarked
package org.teenygrad.engine.runtime.nulldevice;

import org.jspecify.annotations.NullMarked;
