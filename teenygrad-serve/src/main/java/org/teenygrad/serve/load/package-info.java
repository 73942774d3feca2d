/// Measures a server under load: requests that arrive by themselves or wait for each other, and what each of them waits for.
@NullMarked
package org.teenygrad.serve.load;

import org.jspecify.annotations.NullMarked;
