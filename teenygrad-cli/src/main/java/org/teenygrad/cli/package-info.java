/// The `teenygrad` command.
@NullMarked
package org.teenygrad.cli;

import org.jspecify.annotations.NullMarked;
