/// What a training run leaves behind for its reader: a log of numbers and a picture of the loss.
@NullMarked
package org.teenygrad.models.report;

import org.jspecify.annotations.NullMarked;
