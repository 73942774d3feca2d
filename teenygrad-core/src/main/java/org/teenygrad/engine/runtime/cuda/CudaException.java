package org.teenygrad.engine.runtime.cuda;

/// What CUDA's driver did not do, in the driver's words.
public final class CudaException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  static final int OUT_OF_MEMORY = 2;
  static final int NO_DEVICE = 100;
  static final int NOT_READY = 600;
  static final int PEER_ACCESS_ALREADY_ENABLED = 704;

  private final int status;

  private CudaException(int status, String message) {
    super(message);
    this.status = status;
  }

  /// @param function the one that returned the status
  static CudaException of(int status, String function) {
    return new CudaException(status, CudaDriver.errorName(status) + ": " + CudaDriver.errorText(status) + " (" + function + ")");
  }

  /// The same with what is known besides.
  CudaException with(String more) {
    CudaException other = new CudaException(status, getMessage() + "; " + more);
    other.setStackTrace(getStackTrace());
    return other;
  }

  /// The driver's number for the error (`CUresult`).
  public int status() {
    return status;
  }
}
