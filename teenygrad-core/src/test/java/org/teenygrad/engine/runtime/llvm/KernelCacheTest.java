package org.teenygrad.engine.runtime.llvm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {
  private static final long ROOM = 1 << 20;
  private final LlvmCompiler host = new LlvmCompiler(LlvmTarget.host());
  private final String ir = Kernels.addVectors("cached");

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  /// Makes a hit tell itself apart from a compilation: only the file is different.
  private static void replaceCode(Path file, byte[] code) throws IOException {
    Path other = Files.createTempDirectory("other");
    var cache = new KernelCache(other, ROOM);
    cache.assembly(new LlvmCompiler(LlvmTarget.nvptx("sm_80", 80)), new String(code, UTF_8));
    Files.copy(files(other).getFirst(), file, REPLACE_EXISTING);
  }

  @Test
  void theSecondCompileIsAHit(@TempDir Path folder) throws IOException {
    byte[] first = new KernelCache(folder, ROOM).object(host, ir);
    assertThat(files(folder)).hasSize(1);
    // Another kernel's file under this one's name: whoever reads the file, and does not compile,
    // gets that.
    replaceCode(files(folder).getFirst(), "define void @other() { ret void }".getBytes(UTF_8));
    byte[] second = new KernelCache(folder, ROOM).object(host, ir);
    assertThat(second).isNotEqualTo(first);
    assertThat(new String(second, UTF_8)).contains("other");
  }

  @Test
  void damagedFilesAreCompiledAnewAndRewritten(@TempDir Path folder) throws IOException {
    byte[] good = new KernelCache(folder, ROOM).object(host, ir);
    Path file = files(folder).getFirst();
    byte[] whole = Files.readAllBytes(file);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 1;
    byte[] cut = Arrays.copyOf(whole, whole.length - 1);
    for (byte[] damaged :
        List.of(flipped, cut, new byte[0], "not ours at all, but long enough".getBytes(UTF_8))) {
      Files.write(file, damaged);
      assertThat(new KernelCache(folder, ROOM).object(host, ir)).isEqualTo(good);
      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }
  }

  @Test
  void otherSettingsAreOtherFiles(@TempDir Path folder) throws IOException {
    var cache = new KernelCache(folder, ROOM);
    cache.object(host, ir);
    cache.object(new LlvmCompiler(LlvmTarget.host(), "", 1, true), ir);
    cache.assembly(host, ir);
    assertThat(files(folder)).hasSize(3);
  }

  @Test
  void aFolderThatCannotBeMadeIsAsNone(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(new KernelCache(file.resolve("below"), ROOM).object(host, ir))
        .isEqualTo(host.object(ir));
    assertThat(new KernelCache(null, ROOM).object(host, ir)).isEqualTo(host.object(ir));
  }

  @Test
  void theOldestFilesGoWhenThereAreTooMany(@TempDir Path folder) throws IOException {
    Path old = Files.write(folder.resolve("old"), new byte[300_000]);
    Path newer = Files.write(folder.resolve("newer"), new byte[100]);
    Files.setLastModifiedTime(old, FileTime.from(Instant.EPOCH));
    KernelCache cache = new KernelCache(folder, 300_000);
    for (int i = 0; i < 5000 && Files.exists(old); i++) { // one name of 256 has them counted
      cache.code(List.of("kernel", String.valueOf(i)), () -> new byte[0]);
    }
    assertThat(old).doesNotExist();
    assertThat(newer).exists();
  }

  private static final byte[] PLANTED = {42};

  /// Lets another user's process leave code under the name that the cache will ask for.
  private static KernelCache planted(Path folder) throws IOException {
    new KernelCache(folder, ROOM).code(List.of("kernel"), () -> PLANTED);
    return new KernelCache(folder, ROOM);
  }

  private static byte[] taken(KernelCache cache) {
    return cache.code(List.of("kernel"), () -> new byte[] {1});
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void foldersAreMadeForTheirUserAlone(@TempDir Path folder) throws IOException {
    Path made = folder.resolve("above").resolve("kernels");
    assertThat(taken(planted(made))).isEqualTo(PLANTED);
    for (Path each : List.of(made, made.getParent())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each))).isEqualTo("rwx------");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void nothingIsTakenFromAFolderThatOthersCanWrite(@TempDir Path folder) throws IOException {
    for (String permissions : List.of("rwxrwxrwx", "rwx----w-")) {
      Path shared = folder.resolve(permissions).resolve("kernels");
      KernelCache cache = planted(shared);
      Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString(permissions));
      assertThat(taken(cache)).as("a folder " + permissions).isNotEqualTo(PLANTED);
      Path below = shared.resolve("below");
      assertThat(taken(planted(below))).as("below a folder " + permissions).isNotEqualTo(PLANTED);
      assertThat(below).doesNotExist();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFolderBelowOneWithAStickyBitWillDo(@TempDir Path folder) throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Files.setAttribute(temporary, "unix:mode", 01777);
    assertThat(taken(planted(temporary.resolve("mine")))).isEqualTo(PLANTED);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void nothingIsTakenFromAFileThatOthersCanWriteOrThatIsNone(@TempDir Path folder) throws IOException {
    KernelCache cache = planted(folder.resolve("kernels"));
    Path file = files(folder.resolve("kernels")).getFirst();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(taken(cache)).isNotEqualTo(PLANTED);

    Files.delete(file);
    planted(folder.resolve("kernels"));
    Path target = Files.move(file, folder.resolve("target"));
    Files.createSymbolicLink(file, target);
    assertThat(taken(cache)).isNotEqualTo(PLANTED);
  }

  static boolean isRoot() throws IOException {
    return Files.exists(Path.of("/proc/self")) && (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  @Test
  @EnabledIf("isRoot")
  void nothingIsTakenFromAnotherUser(@TempDir Path folder) throws IOException {
    Path theirs = folder.resolve("kernels");
    KernelCache cache = planted(theirs);
    Path file = files(theirs).getFirst();
    Files.setAttribute(file, "unix:uid", 12345);
    assertThat(taken(cache)).isNotEqualTo(PLANTED);
    assertThat(taken(cache)).as("the file that was written instead").isEqualTo(new byte[] {1});

    cache = planted(folder.resolve("more"));
    Files.setAttribute(folder.resolve("more"), "unix:uid", 12345);
    PrintStream stderr = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, UTF_8));
    try {
      assertThat(taken(cache)).isNotEqualTo(PLANTED);
      assertThat(taken(new KernelCache(folder.resolve("more"), ROOM))).isNotEqualTo(PLANTED);
    } finally {
      System.setErr(stderr);
    }
    assertThat(said.toString(UTF_8).lines()).singleElement().asString().contains(
        "compiled code in " + folder.resolve("more") + " is not used", "the folder belongs to user 12345", "TEENYGRAD_CACHE names another folder");
  }
}
