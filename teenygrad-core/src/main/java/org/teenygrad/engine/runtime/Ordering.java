package org.teenygrad.engine.runtime;

import java.util.BitSet;
import java.util.List;

/// What the launches of a [Sequence] have to wait for.
///
/// @param waits for each launch the numbers of the earlier ones whose end it has to wait for; others may run at the same time
/// @param unwritten for each launch which of its arguments no launch of the sequence writes, in none of its runs: they can be read
///     at any time
public record Ordering(List<List<Integer>> waits, List<BitSet> unwritten) {}
