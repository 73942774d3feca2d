package org.teenygrad.engine.runtime.llvm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Settings;

/// Finds and opens `libLLVM`. Looked at in this order, the first that exists is taken:
///
/// 1. [Settings#LLVM]: the library's path;
/// 2. `native/<platform>/` beside the classes or the jar (the build unpacks it there);
/// 3. the class path or module path (`org.teenygrad:teenygrad-llvm`, classifier the platform), from where it is unpacked once into
///    `native/` of the user's cache folder ([PackedLibrary], [UserCache], [PrivateFolder]).
public final class LlvmLibrary {
  /// The LLVM release that the Generator's IR is written for.
  public static final String VERSION = "20.1";

  private static @Nullable SymbolLookup open;

  private LlvmLibrary() {}

  /// `linux-x86_64`, `linux-arm64`, `macosx-arm64`: the classifiers of `teenygrad-llvm`.
  public static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch");
    return (os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : "linux")
        + (arch.equals("aarch64") ? "-arm64" : "-x86_64");
  }

  /// Why LLVM cannot be used here and what would bring it; null if it can.
  public static @Nullable String absence() {
    try {
      lookup();
      return null;
    } catch (LlvmException e) {
      return e.getMessage();
    }
  }

  public static boolean isAvailable() {
    return absence() == null;
  }

  /// The library's functions; opens it when first asked.
  static synchronized SymbolLookup lookup() {
    SymbolLookup lookup = open;
    if (lookup == null) {
      lookup = open(find());
      open = lookup;
    }
    return lookup;
  }

  @SuppressWarnings("restricted")
  private static SymbolLookup open(Path path) {
    try {
      return SymbolLookup.libraryLookup(path, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new LlvmException(
          "LLVM could not be loaded from "
              + path
              + "; it needs libz and libstdc++ of the system: "
              + e.getMessage(),
          e);
    }
  }

  private static Path find() {
    Path given = Settings.LLVM.value();
    if (given != null) {
      if (Files.isRegularFile(given)) {
        return given;
      }
      throw new LlvmException(Settings.LLVM.property() + " is " + given + ", which is no file; it must be the path of libLLVM itself");
    }
    String platform = platform();
    String looked;
    try {
      Path folder = besideTheCode(classFile()).resolve("native").resolve(platform);
      for (String name : fileNames()) {
        if (Files.isRegularFile(folder.resolve(name))) {
          return folder.resolve(name);
        }
      }
      looked = "[" + folder + "]";
    } catch (IOException | URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      looked = "[not beside the code, as that is in no file (" + e.getMessage() + ")]";
    }
    String resource = "org/bytedeco/llvm/" + platform + "/" + fileNames().getFirst();
    URL packed = LlvmLibrary.class.getClassLoader().getResource(resource);
    if (packed != null) {
      Path cache = UserCache.folder();
      try {
        return PackedLibrary.of(packed).file(cache == null ? null : cache.resolve("native"));
      } catch (IOException e) {
        throw new LlvmException("LLVM could not be read from " + packed + ": " + e.getMessage(), e);
      }
    }
    throw new LlvmException(
        "LLVM "
            + VERSION
            + " was not found for "
            + platform
            + ". Looked in "
            + looked
            + " and on the class path for "
            + resource
            + ". Depend on org.teenygrad:teenygrad, which brings it, or on org.teenygrad:teenygrad-llvm with the classifier "
            + platform
            + "; or name a libLLVM with -Dteenygrad.llvm=PATH");
  }

  private static List<String> fileNames() {
    return platform().startsWith("mac")
        ? List.of("libLLVM.dylib")
        : List.of("libLLVM.so", "libLLVM.so." + VERSION, "libLLVM-20.so");
  }

  private static URL classFile() {
    return Objects.requireNonNull(LlvmLibrary.class.getResource("LlvmLibrary.class"), "a class without a file");
  }

  /// The folder that holds `classes/` or the jar: `target` in a build, the folder of the jars when installed.
  ///
  /// The class loader knows where its files are now. A class's CodeSource does not: from an AOT cache (JEP 483) it
  /// names the jar where the cache was made, and nothing once that jar is gone.
  /// @param classFile of this class: `jar:file:/lib/teenygrad-core.jar!/org/...` or `file:/target/classes/org/...`
  /// @throws IllegalArgumentException or FileSystemNotFoundException if it is in no file
  static Path besideTheCode(URL classFile) throws IOException, URISyntaxException {
    if (classFile.openConnection() instanceof JarURLConnection jar) {
      return Objects.requireNonNull(Path.of(jar.getJarFileURL().toURI()).getParent());
    }
    Path folder = Path.of(classFile.toURI());
    for (int i = 0; i <= LlvmLibrary.class.getName().split("\\.").length; i++) {
      folder = Objects.requireNonNull(folder.getParent(), "a class outside of its package's folder");
    }
    return folder;
  }
}
