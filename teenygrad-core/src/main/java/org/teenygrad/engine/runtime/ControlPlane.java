package org.teenygrad.engine.runtime;

/// What the processes of all ranks say to each other, beside the tensors that their devices exchange. A few bytes now and then, for
/// which no device is waited.
///
/// All ranks call the same methods in the same order.
public interface ControlPlane extends AutoCloseable {
  /// What rank 0 says, on all ranks.
  String told(String text);

  /// Whether it holds on any rank.
  boolean any(boolean here);

  /// Waits for all ranks.
  default void barrier() {
    any(false);
  }

  /// From here on a rank that waits for others learns from the heartbeat if one has failed.
  void watch(Heartbeat heartbeat);

  /// No call after it.
  @Override
  void close();
}
