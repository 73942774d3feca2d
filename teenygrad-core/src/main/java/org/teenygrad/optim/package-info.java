/// Optimizers, gradient clipping and learning-rate schedules.
@NullMarked
package org.teenygrad.optim;

import org.jspecify.annotations.NullMarked;
