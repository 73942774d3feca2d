package org.teenygrad.engine.runtime.cuda.simulated;

/// An mbarrier (PTX ISA, "mbarrier"): a phase is complete when as many threads have arrived as were announced, and all bytes that they expect.
final class Mbarrier {
  private final int count;
  private int missing;
  private long bytes;
  private int phase;

  Mbarrier(int count) {
    this.count = count;
    missing = count;
  }

  void expect(long more) {
    bytes += more;
  }

  void arrive() {
    if (missing == 0) {
      throw new IllegalStateException("more than " + count + " arrive in phase " + phase);
    }
    missing--;
    complete();
  }

  void arrived(long some) {
    bytes -= some;
    complete();
  }

  private void complete() {
    if (missing == 0 && bytes == 0) {
      phase++;
      missing = count;
    }
  }

  /// Whether the last phase of this parity is complete.
  boolean isComplete(long parity) {
    return (phase & 1) != parity;
  }

  /// Whether it is as after the end of a phase, with nothing begun.
  boolean isIdle() {
    return missing == count && bytes == 0;
  }

  @Override
  public String toString() {
    return "phase " + phase + " lacks " + missing + " of " + count + " arrivals and " + bytes + " bytes";
  }
}
