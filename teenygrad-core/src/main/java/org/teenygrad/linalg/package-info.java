/// Linear algebra on matrices of doubles: factorizations in blocks, whose products run in machine code, without a tensor in sight.
@NullMarked
package org.teenygrad.linalg;

import org.jspecify.annotations.NullMarked;
