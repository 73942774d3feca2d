/// Dense linear algebra by the interface that all of it is built on: [Blas][org.teenygrad.blas.Blas].
@NullMarked
package org.teenygrad.blas;

import org.jspecify.annotations.NullMarked;
