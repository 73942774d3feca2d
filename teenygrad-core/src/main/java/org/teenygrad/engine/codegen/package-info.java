/// One kernel: ranges, tiles and vector shapes, then LLVM IR.
@NullMarked
package org.teenygrad.engine.codegen;

import org.jspecify.annotations.NullMarked;
