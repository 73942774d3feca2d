package org.teenygrad.distributed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.cuda.Cuda;

/// Starts a command as several ranks on this machine. PyTorch's `torchrun --standalone`.
///
/// ```java
/// int status = Launcher.run(2, List.of("java", "-jar", "training.jar"));
/// ```
public final class Launcher {
  /// What ranks get to end by themselves when another has failed.
  private static final long GRACE_SECONDS = 5;

  private Launcher() {}

  /// Runs a command as so many processes, to each of which the variables that [World#join] reads say which it is. If one fails, the
  /// others are ended.
  /// @throws IllegalArgumentException if tensors are made on GPUs, and there are fewer than ranks
  /// @return 0, or the exit status of the rank that failed first
  /// @throws IOException if the command cannot be started
  public static int run(int ranks, List<String> command) throws IOException, InterruptedException {
    if (Devices.defaultDevice().name().startsWith("cuda") && ranks > Cuda.count()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "%d ranks need a GPU each, and this machine shows %d", ranks, Cuda.count()));
    }
    int port = freePort();
    List<Process> processes = new ArrayList<>();
    LinkedBlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
    Thread ending = new Thread(() -> processes.forEach(Process::destroyForcibly));
    Runtime.getRuntime().addShutdownHook(ending);
    try {
      for (int rank = 0; rank < ranks; rank++) {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(new Launched(rank, ranks, rank, InetAddress.getLoopbackAddress().getHostAddress(), port).variables());
        processes.add(builder.start());
      }
      for (int rank = 0; rank < ranks; rank++) {
        int number = rank;
        Process process = processes.get(rank);
        Thread.ofVirtual().start(() -> {
          process.onExit().join();
          ended.add(number);
        });
      }
      return firstFailure(processes, ended);
    } finally {
      end(processes);
      Runtime.getRuntime().removeShutdownHook(ending);
    }
  }

  private static int firstFailure(List<Process> processes, LinkedBlockingQueue<Integer> ended) throws InterruptedException {
    for (int count = 0; count < processes.size(); count++) {
      int rank = ended.take();
      int status = processes.get(rank).exitValue();
      if (status != 0) {
        System.err.println("rank " + rank + " ended with status " + status + (processes.size() > 1 ? "; the others are stopped" : ""));
        return status;
      }
    }
    return 0;
  }

  private static void end(List<Process> processes) throws InterruptedException {
    processes.forEach(Process::destroy);
    CompletableFuture<?> all = CompletableFuture.allOf(processes.stream().map(Process::onExit).toArray(CompletableFuture<?>[]::new));
    try {
      all.get(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }
}
