package org.teenygrad.runtime.llvm;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds and opens `libLLVM`. Looked at in this order, the first that exists is taken:
///
/// 1. the system property `teenygrad.llvm`: the library's path;
/// 2. `native/<platform>/` beside the classes or the jar (the build unpacks it there);
/// 3. the user's cache folder ([UserCache]), under `native/<version>/<platform>/`;
/// 4. the class path (`org.bytedeco:llvm`, classifier the platform), unpacked once into that cache
///    folder.
public final class LlvmLibrary {
  /// The LLVM release that the Generator's IR is written for; also the folder in the user's cache.
  public static final String VERSION = "20.1";

  private static @Nullable SymbolLookup open;

  private LlvmLibrary() {}

  /// `linux-x86_64`, `linux-arm64`, `macosx-arm64`: the classifiers of `org.bytedeco:llvm`.
  public static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch");
    return (os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : "linux")
        + (arch.equals("aarch64") ? "-arm64" : "-x86_64");
  }

  /// Whether LLVM can be used here; if not, [#lookup] says why.
  public static boolean isAvailable() {
    try {
      lookup();
      return true;
    } catch (LlvmException e) {
      return false;
    }
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
    String given = System.getProperty("teenygrad.llvm");
    if (given != null) {
      Path path = Path.of(given);
      if (Files.isRegularFile(path)) {
        return path;
      }
      throw new LlvmException(
          "-Dteenygrad.llvm=" + given + " names no file; it must be the path of libLLVM itself");
    }
    String platform = platform();
    List<Path> folders = new ArrayList<>();
    List<String> looked = new ArrayList<>();
    try {
      folders.add(besideTheCode(classFile()).resolve("native").resolve(platform));
    } catch (IOException | URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      looked.add("not beside the code, as that is in no file (" + e.getMessage() + ")");
    }
    Path cache = UserCache.folder();
    Path cached = cache == null ? null : cache.resolve("native").resolve(VERSION).resolve(platform);
    if (cached != null) {
      folders.add(cached);
    }
    String resource = "org/bytedeco/llvm/" + platform + "/";
    for (Path folder : folders) {
      for (String name : fileNames()) {
        if (Files.isRegularFile(folder.resolve(name))) {
          return folder.resolve(name);
        }
      }
    }
    for (String name : fileNames()) {
      URL url = ClassLoader.getSystemResource(resource + name);
      if (url != null) {
        return unpack(url, cached == null ? folderForThisProcess() : cached, name);
      }
    }
    folders.forEach(folder -> looked.add(folder.toString()));
    throw new LlvmException(
        "LLVM "
            + VERSION
            + " was not found for "
            + platform
            + ". Looked in "
            + looked
            + " and on the class path for "
            + resource
            + fileNames().getFirst()
            + ". Give its path with -Dteenygrad.llvm=..., or add org.bytedeco:llvm:20.1.7-1.5.12:"
            + platform
            + " to the class path");
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
  /// The class loader knows where its files are now. A class's CodeSource does not: from an AOT cache (JEP 483) it names the jar where the cache
  /// was made, and nothing once that jar is gone.
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

  private static Path folderForThisProcess() {
    try {
      Path folder = Files.createTempDirectory("teenygrad-llvm");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new LlvmException("LLVM could not be unpacked: no folder can be written", e);
    }
  }

  /// Written under another name and renamed, so that a second process never opens half a library.
  private static Path unpack(URL resource, Path folder, String name) {
    Path library = folder.resolve(name);
    try (InputStream in = resource.openStream()) {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, name, ".part");
      try {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
      return library;
    } catch (IOException e) {
      throw new LlvmException("LLVM could not be unpacked from " + resource + " to " + library, e);
    }
  }
}
