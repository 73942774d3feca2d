package org.teenygrad.testing;

import org.junit.jupiter.api.Test;
import org.teenygrad.Device;

/// Compiled kernels mean what the Interpreter says: random graphs, bit for bit where they are exact and within their own
/// error bounds elsewhere. A difference is cut down to the smallest graph that shows it.
class CompiledAgainstInterpreterTest {
  @Test
  void randomGraphsAgree() {
    Device reference = Device.of("interpreter");
    var comparison = new Comparison(reference, Device.of("cpu"));
    int first = Integer.getInteger("teenygrad.fuzz.first", 0);
    int count = Integer.getInteger("teenygrad.fuzz.graphs", 2_000);
    for (long seed = first; seed < first + count; seed++) {
      comparison.check(RandomGraphs.generate(seed, reference));
    }
  }
}
