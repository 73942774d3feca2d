/// The ground floor: graph nodes, their opcodes, rewrite rules, index algebra, validator and printers.
@NullMarked
package org.teenygrad.engine.ir;

import org.jspecify.annotations.NullMarked;
