/// Measurements, side by side with peers.
@NullMarked
package org.teenygrad.bench;

import org.jspecify.annotations.NullMarked;
