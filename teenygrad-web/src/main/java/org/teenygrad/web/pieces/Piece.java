package org.teenygrad.web.pieces;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a cell can show that a reader moves.
public sealed interface Piece permits Film, Strip, GraphSteps, MachineRoofline, TextInput {
  /// What the page is told of it: members of a JSON object, among them `piece`, which says how to show it.
  Map<String, @Nullable Object> told();
}
