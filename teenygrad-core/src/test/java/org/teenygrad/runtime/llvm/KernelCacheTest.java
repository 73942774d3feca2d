package org.teenygrad.runtime.llvm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
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
    Path old = Files.write(folder.resolve("old"), new byte[3000]);
    Path newer = Files.write(folder.resolve("newer"), new byte[100]);
    Files.setLastModifiedTime(old, FileTime.from(Instant.EPOCH));
    new KernelCache(folder, 3000).object(host, ir);
    assertThat(old).doesNotExist();
    assertThat(newer).exists();
  }
}
