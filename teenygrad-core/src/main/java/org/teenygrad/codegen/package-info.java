/// One kernel: ranges, tiles and vector shapes, then LLVM IR.
@NullMarked
package org.teenygrad.codegen;

import org.jspecify.annotations.NullMarked;
