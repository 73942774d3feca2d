/// Neural networks: derivatives, optimizers, GPUs, sequences.
@NullMarked
package org.teenygrad.book.part2;

import org.jspecify.annotations.NullMarked;
