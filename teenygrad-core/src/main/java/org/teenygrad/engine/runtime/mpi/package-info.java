/// Ranks on processors exchange data by MPI: an installed Open MPI, called through `java.lang.foreign`.
@NullMarked
package org.teenygrad.engine.runtime.mpi;

import org.jspecify.annotations.NullMarked;
