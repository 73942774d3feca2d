package org.teenygrad.serve.load;

import java.util.List;

/// How a request went. Times are of [System#nanoTime].
///
/// @param failure what went wrong; empty if nothing
/// @param arrivals when tokens came
/// @param tokens what was chosen, with its log-probability, as the server wrote them
record Measured(long start, List<Long> arrivals, long end, int promptTokens, int newTokens, List<String> tokens, String failure) {
  Measured {
    arrivals = List.copyOf(arrivals);
    tokens = List.copyOf(tokens);
  }
}
