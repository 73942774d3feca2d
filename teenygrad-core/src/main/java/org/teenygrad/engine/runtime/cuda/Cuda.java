package org.teenygrad.engine.runtime.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Settings;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.llvm.KernelCache;
import org.teenygrad.engine.runtime.llvm.LlvmLibrary;

/// The devices `cuda:0`, `cuda:1`...: NVIDIA's GPUs that the driver shows (`CUDA_VISIBLE_DEVICES` chooses among them).
///
/// Needed is the driver, no toolkit. Without it, or without a GPU, everything else works; [#absence] says why.
public final class Cuda {
  private static final Map<Gpu, CudaStream> IN_USE = new HashMap<>();

  private Cuda() {}

  /// Whether the first GPU can be used.
  public static boolean isPresent() {
    return absence() == null && LlvmLibrary.isAvailable();
  }

  /// Why the first GPU cannot be used, in a sentence; null if it can.
  public static @Nullable String absence() {
    return Found.ABSENCE != null ? Found.ABSENCE : Found.GPUS.getFirst().absence(Found.DRIVER_VERSION);
  }

  /// A GPU with a queue of its own in the context that all libraries of the process share. [Settings#RUNG] keeps its
  /// products of matrices on a lower rung than its highest: see [Target.Rung].
  /// @throws IllegalArgumentException if it is not there, cannot be used or does not reach that rung
  public static Runtime open(Device device) {
    Opened cuda = opened(device);
    Target.Rung rung = Settings.RUNG.value();
    Target target = rung == null ? cuda.gpu().target() : cuda.gpu().target(rung);
    return new Runtime(device, cuda.allocator(), target, cuda.compiler(), cuda.gpu().toString());
  }

  /// How many GPUs the driver shows.
  public static int count() {
    return Found.GPUS.size();
  }

  /// The GPU of a rank among those on this machine. A launcher may show each rank one GPU alone.
  /// @throws IllegalStateException if there are several GPUs, but not that many
  public static Device device(int localRank) {
    int count = count();
    if (count > 1 && localRank >= count) {
      throw new IllegalStateException("rank " + localRank + " of this machine has no GPU: the driver shows " + count);
    }
    return Device.of("cuda:" + (count == 1 ? 0 : localRank));
  }

  /// A GPU in use.
  record Opened(Gpu gpu, CudaStream stream, CudaAllocator allocator, CudaCompiler compiler) {}

  static Opened opened(Device device) {
    Gpu gpu = gpu(device);
    CudaStream stream = new CudaStream(CudaDriver.devicePrimaryCtxRetain(gpu.handle()));
    shortenWays(gpu, stream);
    return new Opened(gpu, stream, new CudaAllocator(device, stream, gpu.memoryBytes()),
        new CudaCompiler(gpu, stream, KernelCache.ofUser()));
  }

  private static Gpu gpu(Device device) {
    if (Found.ABSENCE != null) {
      throw new IllegalArgumentException(Found.ABSENCE);
    }
    List<Gpu> gpus = Found.GPUS;
    for (Gpu gpu : gpus) {
      if (device.name().equals("cuda:" + gpu.ordinal())) {
        String absence = gpu.absence(Found.DRIVER_VERSION);
        if (absence != null) {
          throw new IllegalArgumentException(absence);
        }
        return gpu;
      }
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "no device '%s'; this machine shows cuda:0%s",
            device, gpus.size() > 1 ? " to cuda:" + (gpus.size() - 1) : " alone"));
  }

  /// Copies between GPUs that are in use need not go through the host where the machine has a wire.
  private static synchronized void shortenWays(Gpu gpu, CudaStream stream) {
    IN_USE.forEach((peer, other) -> {
      if (CudaDriver.deviceCanAccessPeer(gpu.handle(), peer.handle())) {
        stream.makeCurrent();
        CudaDriver.ctxEnablePeerAccess(other.context());
        other.makeCurrent();
        CudaDriver.ctxEnablePeerAccess(stream.context());
      }
    });
    IN_USE.put(gpu, stream);
  }

  /// What the driver showed when it was first asked.
  private static final class Found {
    private static final List<Gpu> GPUS = new ArrayList<>();
    private static int DRIVER_VERSION;
    private static final @Nullable String ABSENCE = look();

    private static @Nullable String look() {
      if (CudaLibrary.open().isEmpty()) {
        return "no NVIDIA driver: " + CudaLibrary.name() + " was not found";
      }
      try {
        CudaDriver.init();
        DRIVER_VERSION = CudaDriver.driverVersion();
        int count = CudaDriver.deviceCount();
        for (int ordinal = 0; ordinal < count; ordinal++) {
          GPUS.add(Gpu.of(ordinal));
        }
      } catch (CudaException e) {
        return e.status() == CudaException.NO_DEVICE ? noGpu() : "the NVIDIA driver does not start: " + e.getMessage();
      } catch (ExceptionInInitializerError e) {
        return "the NVIDIA driver is too old: " + Objects.requireNonNull(e.getCause()).getMessage();
      }
      return GPUS.isEmpty() ? noGpu() : null;
    }

    private static String noGpu() {
      String visible = System.getenv("CUDA_VISIBLE_DEVICES");
      return "the NVIDIA driver shows no GPU" + (visible == null ? "" : " (CUDA_VISIBLE_DEVICES is '" + visible + "')");
    }
  }
}
