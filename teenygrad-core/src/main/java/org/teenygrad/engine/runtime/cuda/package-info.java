/// NVIDIA's GPUs through their driver alone: LLVM writes PTX, the driver assembles and runs it.
@NullMarked
package org.teenygrad.engine.runtime.cuda;

import org.jspecify.annotations.NullMarked;
