package org.teenygrad.engine.runtime.llvm;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Debug;

/// A folder of machine code. Whoever can write to it runs code as this user, so nothing is taken from it that anybody
/// else, but for root, could have put there: neither if the folder or the file belongs to another user, nor if others
/// may write to it, or to a folder above it from which sticky bits do not keep them.
///
/// Where the file system knows no owners (on Windows) every folder will do.
record PrivateFolder(Path path) {
  private static final boolean KNOWS_OWNERS = FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
  private static final Set<PrivateFolder> SAID = ConcurrentHashMap.newKeySet();

  // <sys/stat.h>
  private static final int GROUP_WRITES = 020;
  private static final int OTHERS_WRITE = 02;
  private static final int STICKY = 01000;

  /// Makes it, and the folders above it, where there are none: for this user alone.
  void create() throws IOException {
    if (Files.isDirectory(path)) {
      return; // createDirectories would find out by an exception
    }
    Files.createDirectories(path, KNOWS_OWNERS
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))}
        : new FileAttribute<?>[0]);
  }

  /// Whether what is in it, or would be, can be trusted; why not is said once.
  boolean isTrusted() {
    try {
      String problem = KNOWS_OWNERS ? problem(path.toAbsolutePath()) : null;
      if (problem != null && SAID.add(this)) {
        Debug.warn("compiled code in " + path + " is not used, as anybody's could be among it: " + problem
            + ". TEENYGRAD_CACHE names another folder");
      }
      return problem == null;
    } catch (IOException e) {
      return false;
    }
  }

  /// Whether a file in it is one, and of this user.
  static boolean trusts(Path file) throws IOException {
    return Files.isRegularFile(file, NOFOLLOW_LINKS) && (!KNOWS_OWNERS || problemOf("file", file) == null);
  }

  private static @Nullable String problem(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      Path parent = folder.getParent();
      return parent == null ? null : problemAbove(parent);
    }
    Path real = folder.toRealPath();
    String problem = problemOf("folder", real);
    return problem == null ? problemAbove(real.getParent()) : problem;
  }

  private static @Nullable String problemAbove(@Nullable Path folder) throws IOException {
    for (Path above = folder; above != null; above = above.getParent()) {
      int mode = Files.exists(above) ? fact(above, "mode") : 0;
      if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
        return "everybody may rename what is in " + above;
      }
    }
    return null;
  }

  private static @Nullable String problemOf(String kind, Path path) throws IOException {
    int mode = fact(path, "mode");
    int owner = fact(path, "uid");
    if (owner != 0 && owner != User.ID) {
      return "the %s belongs to user %s".formatted(kind, Files.getOwner(path, NOFOLLOW_LINKS));
    }
    // A group of the owner's number is that of the owner alone.
    boolean groupWrites = (mode & GROUP_WRITES) != 0 && fact(path, "gid") != owner;
    return groupWrites || (mode & OTHERS_WRITE) != 0 ? "others than its owner may write to the " + kind : null;
  }

  private static int fact(Path path, String name) throws IOException {
    return (int) Files.getAttribute(path, "unix:" + name, NOFOLLOW_LINKS);
  }

  private static final class User {
    private static final int ID = id();

    @SuppressWarnings("restricted")
    private static int id() {
      Linker linker = Linker.nativeLinker();
      try {
        return (int) linker.downcallHandle(linker.defaultLookup().findOrThrow("geteuid"), FunctionDescriptor.of(ValueLayout.JAVA_INT))
            .invokeExact();
      } catch (Throwable e) {
        throw new AssertionError("geteuid always succeeds", e);
      }
    }
  }
}
