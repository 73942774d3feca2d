/// A GPU of threads that take turns: the LLVM IR of kernels, interpreted, where there is no GPU to run their PTX.
@NullMarked
package org.teenygrad.engine.runtime.cuda.simulated;

import org.jspecify.annotations.NullMarked;
