/// The host's own cores, through LLVM's JIT.
@NullMarked
package org.teenygrad.engine.runtime.cpu;

import org.jspecify.annotations.NullMarked;
