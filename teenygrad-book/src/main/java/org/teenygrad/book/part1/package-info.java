/// Part 1: probability, linear models, tensors and the CPU.
@NullMarked
package org.teenygrad.book.part1;

import org.jspecify.annotations.NullMarked;
