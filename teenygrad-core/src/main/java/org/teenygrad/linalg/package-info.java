/// Linear algebra on plain arrays of doubles: factorizations of one matrix in row-major order, in blocks, without a tensor in sight.
@NullMarked
package org.teenygrad.linalg;

import org.jspecify.annotations.NullMarked;
