/// Chain rules: differentiation as a function from graph to graph.
@NullMarked
package org.teenygrad.engine.autodiff;

import org.jspecify.annotations.NullMarked;
