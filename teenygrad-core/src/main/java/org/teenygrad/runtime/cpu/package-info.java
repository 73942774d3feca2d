/// The host's own cores, through LLVM's JIT.
@NullMarked
package org.teenygrad.runtime.cpu;

import org.jspecify.annotations.NullMarked;
