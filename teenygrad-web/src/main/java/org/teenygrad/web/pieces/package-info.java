/// What cells of the book show that a reader moves: [Film], [Strip], [GraphSteps], [MachineRoofline], [TextInput]. Each is a value like a tensor or a figure; what it shows
/// was computed by the cell, or is computed when the reader asks.
@NullMarked
package org.teenygrad.web.pieces;

import org.jspecify.annotations.NullMarked;
