package org.teenygrad.engine.runtime.llvm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/// A library inside a jar. The loader of the system opens files only, so it is unpacked: once into a folder of the
/// user, or for this process where that cannot be written.
///
/// @param resource where it is on the class path
/// @param bytes its size, -1 if the resource does not say
/// @param crc of its bytes, -1 if the resource does not say
record PackedLibrary(URL resource, String name, long bytes, long crc) {
  static PackedLibrary of(URL resource) throws IOException {
    String path = resource.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    URLConnection connection = resource.openConnection();
    if (connection instanceof JarURLConnection jar) {
      jar.setUseCaches(false);
      JarEntry entry = Objects.requireNonNull(jar.getJarEntry(), "an entry of a jar");
      jar.getInputStream().close(); // and with it the jar
      return new PackedLibrary(resource, name, entry.getSize(), entry.getCrc());
    }
    return new PackedLibrary(resource, name, connection.getContentLengthLong(), -1);
  }

  /// A file that can be loaded: what is in a folder of the class path needs no unpacking.
  /// @param cache where to keep it; null for a file that goes with this process
  /// @throws LlvmException if the jar is damaged or no folder can be written
  Path file(@Nullable Path cache) {
    if (resource.getProtocol().equals("file")) {
      return Path.of(URI.create(resource.toString()));
    }
    if (cache != null) {
      // Named after its contents: another release's library is another file.
      PrivateFolder folder = new PrivateFolder(cache.resolve(String.format(Locale.ROOT, "%08x-%x", crc, bytes)));
      Path library = folder.path().resolve(name);
      if (!folder.isTrusted()) {
        return temporary(null);
      }
      try {
        if (!PrivateFolder.trusts(library) || bytes >= 0 && Files.size(library) != bytes) {
          unpack(library);
        }
        return library;
      } catch (IOException e) {
        return temporary(e); // a folder that cannot be written is as none at all
      }
    }
    return temporary(null);
  }

  private Path temporary(@Nullable IOException reason) {
    try {
      Path folder = Files.createTempDirectory("teenygrad-llvm");
      folder.toFile().deleteOnExit();
      Path library = folder.resolve(name);
      library.toFile().deleteOnExit(); // before its folder: the last asked for is the first deleted
      unpack(library);
      return library;
    } catch (IOException e) {
      if (reason != null) {
        e.addSuppressed(reason);
      }
      throw new LlvmException("LLVM could not be unpacked from " + resource + ": " + e.getMessage()
          + (reason == null ? "" : ", nor into the cache: " + reason.getMessage())
          + ". It takes 180 MB of disk; TEENYGRAD_CACHE names another folder", e);
    }
  }

  /// Written under another name and renamed, so that a second process never opens half a library.
  private void unpack(Path library) throws IOException {
    Path folder = Objects.requireNonNull(library.getParent());
    new PrivateFolder(folder).create();
    Path part = Files.createTempFile(folder, name, ".part");
    try {
      CRC32 sum = new CRC32();
      try (InputStream in = resource.openStream(); OutputStream out = new CheckedOutputStream(Files.newOutputStream(part), sum)) {
        in.transferTo(out);
      }
      if (bytes >= 0 && Files.size(part) != bytes || crc >= 0 && sum.getValue() != crc) {
        throw new LlvmException(resource
            + " is damaged: its contents are not those that its jar lists. Delete the jar, so that it is downloaded again");
      }
      Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
