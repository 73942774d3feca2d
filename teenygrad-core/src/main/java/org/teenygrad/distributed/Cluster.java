package org.teenygrad.distributed;

/// Machines that need not be there: what their accelerators compute and their links carry at best, for plans of trainings
/// ([World#fake], [StepPlan]).
///
/// @param name of all of it
/// @param ranksPerHost accelerators of a host, each with a network card of its own
/// @param inHost from each accelerator to the others of its host
/// @param betweenHosts of each network card
public record Cluster(String name, Accelerator accelerator, int ranksPerHost, Link inHost, Link betweenHosts) {
  /// Hosts as NVIDIA's DGX H200: eight of the GPU with 141 GB (H200 data sheet: 989 TFLOP/s of bfloat16 without sparsity, 67 of
  /// float32, 4.8 TB/s), NVLink 4 with 450 GB/s each way, and eight cards of 400 Gb/s InfiniBand. The latencies of a step of a ring
  /// are those of NCCL's tuning tables.
  public static final Cluster H200 = new Cluster(
      "H200, 8 a host, NVLink 4, 400 Gb/s InfiniBand",
      new Accelerator(132, 227 << 10, 989e12, 67e12, 4.8e12, 141_000_000_000L),
      8,
      new Link(450e9, 3.4e-6),
      new Link(50e9, 14e-6));

  /// What a launch costs besides its work, in seconds: from one kernel of a CUDA graph to the next.
  private static final double LAUNCH_SECONDS = 2e-6;

  /// A GPU.
  ///
  /// @param multiprocessors how many it has
  /// @param sharedBytes of shared memory that a block may have
  /// @param matrixFlopsPerSecond of matrix units with 16-bit factors
  /// @param flopsPerSecond of float32
  /// @param bytesPerSecond of its memory
  /// @param memoryBytes how large that is
  public record Accelerator(
      int multiprocessors, int sharedBytes, double matrixFlopsPerSecond, double flopsPerSecond, double bytesPerSecond, long memoryBytes) {}

  /// A way for data.
  ///
  /// @param bytesPerSecond each way
  /// @param stepSeconds what a message takes besides its bytes
  public record Link(double bytesPerSecond, double stepSeconds) {}

  /// How long a kernel runs at least.
  /// @param onMatrixUnits whether its products have 16-bit factors
  double kernelSeconds(double flops, double bytes, boolean onMatrixUnits) {
    double rate = onMatrixUnits ? accelerator.matrixFlopsPerSecond : accelerator.flopsPerSecond;
    return LAUNCH_SECONDS + Math.max(flops / rate, bytes / accelerator.bytesPerSecond);
  }

  /// How long an exchange takes, by rings: `steps latency + sent bytes / rate`. Where hosts take part with several ranks, rings
  /// leave a host by the cards of all of them; in an all-to-all each rank has its own card alone.
  double exchangeSeconds(Exchange exchange) {
    int together = Math.clamp(ranksPerHost / exchange.stride(), 1, exchange.ranks());
    int hosts = Math.ceilDiv(exchange.ranks(), together);
    if (hosts == 1) {
      return exchange.steps() * inHost.stepSeconds + exchange.sentBytes() / inHost.bytesPerSecond;
    }
    double outside = (double) hosts / exchange.ranks(); // of the steps of a ring
    double latency = exchange.steps() * (outside * betweenHosts.stepSeconds + (1 - outside) * inHost.stepSeconds);
    double cards = betweenHosts.bytesPerSecond * (exchange.kind() == Exchange.Kind.ALL_TO_ALL ? 1 : together);
    return latency + exchange.sentBytes() / (together == 1 ? cards : Math.min(cards, inHost.bytesPerSecond));
  }
}
