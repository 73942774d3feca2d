/// Layers and the tree of parameters that they form.
@NullMarked
package org.teenygrad.nn;

import org.jspecify.annotations.NullMarked;
