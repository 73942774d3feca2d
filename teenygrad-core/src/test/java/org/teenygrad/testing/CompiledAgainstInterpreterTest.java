package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;

/// Compiled kernels mean what the Interpreter says: random graphs, bit for bit where they are exact and within their own
/// error bounds elsewhere. A difference is cut down to the smallest graph that shows it.
///
/// `-Dteenygrad.fuzz.first=N` starts with another seed, `-Dteenygrad.fuzz.times=N` checks that many times as much
/// (`-Pcampaign` ten times), `-Dteenygrad.fuzz.device=cuda` another device than the CPU.
class CompiledAgainstInterpreterTest {
  private final Device reference = Device.of("interpreter");
  private final Comparison comparison = new Comparison(reference, Device.of(System.getProperty("teenygrad.fuzz.device", "cpu")));

  @Test
  void smallGraphsAndTheirDerivativesAgree() {
    seeds(800, seed -> comparison.check(RandomGraphs.withDerivatives(seed, reference)));
  }

  @Test
  void largerGraphsAgree() {
    seeds(300, seed -> comparison.check(RandomGraphs.generate(seed, reference)));
  }

  @Test
  void derivativesOfDerivativesAgree() {
    seeds(100, seed -> comparison.check("derivatives, seed " + seed, RandomGraphs.derivatives(seed, reference), 1e-8));
  }

  @Test
  void contractionsWithWhatComesBeforeAndAfterAgree() {
    seeds(200, seed -> {
      RandomFusions.Fusion fusion = RandomFusions.contraction(seed, reference);
      comparison.check("contraction, seed " + seed, fusion.roots(), fusion.relative());
    });
  }

  @Test
  void normalizedRowsAgree() {
    seeds(200, seed -> {
      RandomFusions.Fusion fusion = RandomFusions.rows(seed, reference);
      comparison.check("rows, seed " + seed, fusion.roots(), fusion.relative());
    });
  }

  @Test
  void programsOfAssignmentsAgree() {
    seeds(100, seed -> {
      List<long[]> expected = RandomAssignments.run(seed, reference);
      List<long[]> found = RandomAssignments.run(seed, comparison.tested());
      assertThat(found).as("assignments, seed %d", seed).usingElementComparator(Arrays::compare).isEqualTo(expected);
    });
  }

  /// Checks all seeds, as many at a time as there are processors, and fails with everything that was found.
  private static void seeds(int count, LongConsumer check) {
    long first = Long.getLong("teenygrad.fuzz.first", 0);
    long end = first + (long) count * Integer.getInteger("teenygrad.fuzz.times", 1);
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    LongStream.range(first, end).parallel().forEach(seed -> {
      try {
        check.accept(seed);
      } catch (AssertionError | RuntimeException e) {
        failures.add(e);
      }
    });
    assertThat(failures).isEmpty();
  }
}
