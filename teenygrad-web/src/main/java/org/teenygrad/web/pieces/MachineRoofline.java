package org.teenygrad.web.pieces;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.schedule.Roofline;
import org.teenygrad.nanochat.json.Json;

/// Kernels that ran, below the ceilings of this machine: with all cores and with one, with vectors and without, from memory and from a cache.
///
/// ```java
/// Profile profile = Profile.of(() -> a.matmul(b).realize());
/// MachineRoofline.of(profile);
/// ```
///
/// @param launches what ran; of launches of one kernel the fastest counts
public record MachineRoofline(List<Profile.Launch> launches) implements Piece {
  public MachineRoofline {
    launches = List.copyOf(launches);
  }

  /// The launches of a profile.
  public static MachineRoofline of(Profile profile) {
    return new MachineRoofline(profile.launches());
  }

  /// The ceilings of the processor as a page wants them; they are measured when they are first asked for.
  public static List<Object> ceilings() {
    return Roofline.ceilings(Devices.runtime(Device.of("cpu"))).stream()
        .map(ceiling -> (Object) Json.members("name", ceiling.name(), "memory", ceiling.isMemory(), "perSecond", ceiling.perSecond())).toList();
  }

  @Override
  public Map<String, @Nullable Object> told() {
    Map<String, Profile.Launch> best = new LinkedHashMap<>();
    launches.forEach(launch -> best.merge(launch.name(), launch, (one, other) -> one.nanos() <= other.nanos() ? one : other));
    List<Object> kernels = best.values().stream()
        .map(launch -> (Object) Json.members("name", launch.name(), "description", launch.description(), "flops", launch.flops(), "bytes", launch.bytes(), "micros", launch.nanos() / 1e3)).toList();
    return Json.members("piece", "roofline", "kernels", kernels, "ceilings", ceilings());
  }

  @Override
  public String toString() {
    return "";
  }
}
