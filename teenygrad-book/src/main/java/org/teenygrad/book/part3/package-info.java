/// The engine: attention, rewriting, scheduling, devices.
@NullMarked
package org.teenygrad.book.part3;

import org.jspecify.annotations.NullMarked;
