package org.teenygrad.web.cells;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.teenygrad.engine.runtime.Settings;

/// How the process of a page's cells is started: what of this one's environment it gets, and under which rules.
final class CellStart {
  private CellStart() {}

  /// Starts it.
  /// @throws IOException if it cannot be started
  static Process of(CellLimits limits, Path folder) throws IOException {
  ProcessBuilder builder = new ProcessBuilder(command(limits, folder)).directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> !name.startsWith("LC_") && !name.equals("LANG")); // secrets of this process's environment stay here
    return Libc.isKnown() ? rules(folder).within(() -> {
      ProcessorTime.giveWay();
      return builder.start();
    }) : builder.start();
  }

  private static List<String> command(CellLimits limits, Path folder) {
    List<String> command = new ArrayList<>(List.of(
        limits.javaHome().resolve("bin").resolve("java").toString(),
        "-Xmx" + limits.heapMegabytes() + "m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto", "-Xlog:disable", "-XX:+DisplayVMOutputToStderr", // its standard output has answers alone
        "-XX:+ExitOnOutOfMemoryError", "-XX:ActiveProcessorCount=" + ProcessorTime.processors(),
        "--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=" + folder, "-Duser.home=" + folder, "-Dteenygrad.cache=off", "-Dteenygrad.device=cpu",
        "-Dteenygrad.memory=" + limits.tensorMegabytes() + "m"));
    command.addAll(Settings.LLVM.jvmOptions());
    command.addAll(Settings.THREADS.jvmOptions());
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath().map(Path::toString).toList()), CellHost.class.getName(),
        Long.toString(limits.processBytes()), Long.toString(limits.fileBytes())));
    return command;
  }

  private static Stream<Path> classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)).map(entry -> Path.of(entry).toAbsolutePath());
  }

  /// What a JVM needs to read, and its own folder.
  private static FileRules rules(Path folder) {
    FileRules rules = FileRules.none().write(folder).write(Path.of("/dev/null")).read(Path.of("/dev/random")).read(Path.of("/dev/urandom"));
    for (String system : List.of("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system", "/sys/fs/cgroup")) {
      rules.read(Path.of(system));
    }
    CellLimits.javaHomes().forEach(rules::read);
    classPath().forEach(rules::read);
    classPath().map(jar -> jar.resolveSibling("native")).distinct().forEach(rules::read);
    Path llvm = Settings.LLVM.value();
    return llvm == null ? rules : rules.read(llvm.toAbsolutePath());
  }
}
