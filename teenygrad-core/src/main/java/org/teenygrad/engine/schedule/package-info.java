/// From a graph to the list of kernels that computes it: fusion, memory plan, schedule cache and replay.
@NullMarked
package org.teenygrad.engine.schedule;

import org.jspecify.annotations.NullMarked;
