/// Files of tensors: safetensors, and checkpoints made of them.
@NullMarked
package org.teenygrad.state;

import org.jspecify.annotations.NullMarked;
