/// JSON as plain Java values.
@NullMarked
package org.teenygrad.nanochat.json;

import org.jspecify.annotations.NullMarked;
