/// Chain rules: differentiation as a function from graph to graph.
@NullMarked
package org.teenygrad.autodiff;

import org.jspecify.annotations.NullMarked;
