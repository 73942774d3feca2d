/// Layers and the tree of parameters that they form.
///
/// ```
/// import org.teenygrad.nn.*;
/// import org.teenygrad.nn.Module;   // which java.lang has, too
/// ```
@NullMarked
package org.teenygrad.nn;

import org.jspecify.annotations.NullMarked;
