package org.teenygrad.engine.runtime.llvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.RegularFile;

/// Compiled code on disk, so that a program's second start compiles nothing.
///
/// A file's name is the SHA-256 of everything that decides the code: the IR and
/// [LlvmCompiler#identity]. A file that is cut short, damaged or not ours counts as absent and is
/// written anew. Files are written under another name and renamed, so any number of processes may
/// share a folder. A folder that cannot be written, or that others can write ([PrivateFolder]), is as none at all.
///
/// `TEENYGRAD_CACHE` names another folder, or is `off`.
public final class KernelCache {
  private static final long MAGIC = 0x7465_656e_7967_0001L; // "teenyg", format 1
  private static final int HEADER_BYTES = 3 * Long.BYTES; // magic, length, checksum
  private static final long MAX_BYTES = 512L << 20;
  private static final int MAX_FILE_BYTES = 256 << 20;

  /// How names end at whose writing it is looked how much there is: one of 256 does. Looking at all files takes as long as
  /// compiling some kernels, so it is not for each process to do.
  private static final String TRIMMING = "00";

  private static final Duration AGE_WORTH_RENEWING = Duration.ofDays(1);

  private final @Nullable PrivateFolder folder;
  private final long maxBytes;
  private final AtomicBoolean complained = new AtomicBoolean();

  /// @param folder where the files are; null for a cache that keeps nothing
  /// @param maxBytes from what size on the files that were not used for longest are deleted; looked
  ///   at rarely
  public KernelCache(@Nullable Path folder, long maxBytes) {
    this.folder = folder == null ? null : new PrivateFolder(folder);
    this.maxBytes = maxBytes;
  }

  /// The user's, 512 MB at most.
  public static KernelCache ofUser() {
    Path root = UserCache.folder();
    return new KernelCache(root == null ? null : root.resolve("kernels"), MAX_BYTES);
  }

  /// [LlvmCompiler#object], or what it gave an earlier time.
  public byte[] object(LlvmCompiler compiler, String ir) {
    return code(List.of("object", compiler.identity(), ir), () -> compiler.object(ir));
  }

  /// [LlvmCompiler#assembly], or what it gave an earlier time.
  public String assembly(LlvmCompiler compiler, String ir) {
    byte[] text =
        code(
            List.of("assembly", compiler.identity(), ir),
            () -> compiler.assembly(ir).getBytes(StandardCharsets.UTF_8));
    return new String(text, StandardCharsets.UTF_8);
  }

  /// Code that another assembler made.
  ///
  /// @param key everything that decides the code
  public byte[] code(List<String> key, Supplier<byte[]> make) {
    return get(key(key), make);
  }

  private static String key(List<String> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every Java platform has SHA-256
    }
  }

  private byte[] get(String key, Supplier<byte[]> compile) {
    if (folder == null || !folder.isTrusted()) {
      return compile.get();
    }
    Path file = folder.path().resolve(key);
    byte[] found = read(file);
    if (found != null) {
      return found;
    }
    byte[] made = compile.get();
    write(folder, file, made);
    return made;
  }

  private static byte @Nullable [] read(Path file) {
    try {
      if (!PrivateFolder.trusts(file)) {
        return null;
      }
      ByteBuffer bytes = ByteBuffer.wrap(RegularFile.read(file, MAX_FILE_BYTES));
      if (bytes.remaining() < HEADER_BYTES || bytes.getLong() != MAGIC) {
        return null;
      }
      long length = bytes.getLong();
      long checksum = bytes.getLong();
      if (length != bytes.remaining()) {
        return null;
      }
      byte[] code = new byte[bytes.remaining()];
      bytes.get(code);
      if (checksum != checksum(code)) {
        return null;
      }
      markUsed(file);
      return code;
    } catch (IOException e) {
      return null;
    }
  }

  /// The time of a file is when it was last used, to the day: what [#trim] goes by.
  private static void markUsed(Path file) throws IOException {
    Instant now = Instant.now();
    if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(AGE_WORTH_RENEWING))) {
      Files.setLastModifiedTime(file, FileTime.from(now));
    }
  }

  private void write(PrivateFolder folder, Path file, byte[] code) {
    try {
      folder.create();
      if (!folder.isTrusted()) {
        return; // somebody else made it meanwhile
      }
      ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + code.length);
      bytes.putLong(MAGIC).putLong(code.length).putLong(checksum(code)).put(code);
      Path part = Files.createTempFile(folder.path(), "new", ".part");
      try {
        Files.write(part, bytes.array());
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        Files.deleteIfExists(part);
        throw e;
      }
      if (file.toString().endsWith(TRIMMING)) {
        trim(folder.path());
      }
    } catch (IOException | UncheckedIOException e) {
      if (complained.compareAndSet(false, true)) {
        System.getLogger("org.teenygrad.cache")
            .log(System.Logger.Level.DEBUG, "Kernels are not kept in {0}: {1}", folder.path(), e);
      }
    }
  }

  private static long checksum(byte[] code) {
    CRC32C crc = new CRC32C();
    crc.update(code);
    return crc.getValue();
  }

  /// Deletes the files that were not used for longest, until a quarter of the room is free.
  private void trim(Path folder) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        try {
          entries.add(new Entry(file, Files.size(file), Files.getLastModifiedTime(file)));
        } catch (IOException e) {
          // another process deleted it just now
        }
      }
    }
    long bytes = entries.stream().mapToLong(Entry::bytes).sum();
    if (bytes > maxBytes) {
      entries.sort(Comparator.comparing(Entry::used));
      for (Entry entry : entries) {
        if (bytes <= maxBytes / 4 * 3) {
          break;
        }
        Files.deleteIfExists(entry.file());
        bytes -= entry.bytes();
      }
    }
  }

  private record Entry(Path file, long bytes, FileTime used) {}
}
