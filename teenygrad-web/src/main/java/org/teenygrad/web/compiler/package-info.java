/// What the compiler view shows: [Compilations][org.teenygrad.web.compiler.Compilations] keeps what the engine tells of its schedules.
@NullMarked
package org.teenygrad.web.compiler;

import org.jspecify.annotations.NullMarked;
