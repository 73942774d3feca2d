/// Java cells: JShell in a process of its own, contained.
///
/// [CellProcess] is the parent's end: it starts a JVM with [CellHost] in a folder of its own, behind Landlock ([FileRules]), and speaks with it in lines of JSON. In the
/// child [Containment] gives up processes, sockets and memory beyond a limit before the first snippet; [Session] runs cells in JShell and says what they
/// made: text, [values][Shown], errors at their line.
@NullMarked
package org.teenygrad.web.cells;

import org.jspecify.annotations.NullMarked;
