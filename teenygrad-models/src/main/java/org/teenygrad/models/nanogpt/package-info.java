/// nanoGPT: the model, its training loop and its sampling.
@NullMarked
package org.teenygrad.models.nanogpt;

import org.jspecify.annotations.NullMarked;
