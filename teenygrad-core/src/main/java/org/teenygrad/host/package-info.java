/// Values in Java's memory: elements by their types, arrays of arrays, and numbers as text.
@NullMarked
package org.teenygrad.host;

import org.jspecify.annotations.NullMarked;
