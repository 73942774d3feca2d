/// What models are evaluated on.
@NullMarked
package org.teenygrad.nanochat.tasks;

import org.jspecify.annotations.NullMarked;
