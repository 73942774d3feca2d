/// Tensors, their element types and devices: what a user types, and nothing else.
@NullMarked
package org.teenygrad;

import org.jspecify.annotations.NullMarked;
