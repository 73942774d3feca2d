package org.teenygrad.engine.runtime;

/// The ranks that a launcher started together, of which this process is one: what NCCL, MPI and the like make of them. PyTorch's
/// `ProcessGroup`.
///
/// All ranks call the same methods in the same order.
public interface ProcessGroup extends ControlPlane {
  /// Which of the ranks this process is, from 0.
  int rank();

  /// How many ranks there are.
  int size();

  /// The ranks that name the same color, ordered by their keys.
  Communicator split(int color, int key);
}
