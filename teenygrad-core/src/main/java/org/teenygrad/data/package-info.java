/// Corpora and batches.
@NullMarked
package org.teenygrad.data;

import org.jspecify.annotations.NullMarked;
