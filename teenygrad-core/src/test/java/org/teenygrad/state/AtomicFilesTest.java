package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

  @TempDir Path folder;

  @Test
  void createsAndReplaces() {
    var file = folder.resolve("loss.csv");
    AtomicFiles.write(file, "old and long");
    AtomicFiles.write(file, "néw");
    assertThat(file).hasContent("néw");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }

  @Test
  void fullDiskLeavesTheOldFileAndNoTemporaryOne() {
    var file = folder.resolve("model.safetensors");
    AtomicFiles.write(file, "old");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    channel -> {
                      channel.write(ByteBuffer.wrap(new byte[1000]));
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(FileException.class)
        .hasMessage(
            "cannot write "
                + file
                + ": no space left on device; what was there before is unchanged");
    assertThat(file).hasContent("old");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }

  @Test
  void failureOfTheContentLeavesTheOldFile() {
    var file = folder.resolve("model.safetensors");
    AtomicFiles.write(file, "old");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    channel -> {
                      throw new IllegalStateException("device lost");
                    }))
        .hasMessage("device lost");
    assertThat(file).hasContent("old");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }

  @Test
  void namesMissingFoldersAndFoldersInTheWay() throws IOException {
    var missing = folder.resolve("none").resolve("x.csv");
    assertThatThrownBy(() -> AtomicFiles.write(missing, ""))
        .hasMessage("cannot write " + missing + ": no such file or directory; nothing was written");
    var inTheWay = Files.createDirectory(folder.resolve("x.csv"));
    assertThatThrownBy(() -> AtomicFiles.write(inTheWay, "")).hasMessageContaining("directory");
  }

  @Test
  void symbolicLinksStayLinks() throws IOException {
    var file = folder.resolve("run-1.csv");
    AtomicFiles.write(file, "old");
    var link = Files.createSymbolicLink(folder.resolve("latest.csv"), file);
    AtomicFiles.write(link, "new");
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new");
  }

  @Test
  void removesOnlyAbandonedTemporaryFilesOfTheSameTarget() throws IOException {
    var file = folder.resolve("model.safetensors");
    var abandoned = stale(".model.safetensors.0123456789abcdef.tmp");
    var foreign = stale(".other.safetensors.0123456789abcdef.tmp");
    var unrelated = stale(".model.safetensors.notes.tmp");
    var inProgress = Files.createFile(folder.resolve(".model.safetensors.ffffffffffffffff.tmp"));
    AtomicFiles.write(file, "new");
    assertThat(abandoned).doesNotExist();
    assertThat(foreign).exists();
    assertThat(unrelated).exists();
    assertThat(inProgress).exists();
  }

  private Path stale(String name) throws IOException {
    var file = Files.createFile(folder.resolve(name));
    var then = FileTime.from(Instant.now().minusSeconds(7200));
    return Files.setLastModifiedTime(file, then);
  }

  @Test
  void killedWriterNeverDamagesTheFile() throws Exception {
    assumeTrue(ProcessHandle.current().supportsNormalTermination(), "needs POSIX signals");
    var file = folder.resolve("model.txt");
    AtomicFiles.write(file, Writer.content(0));
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    for (int round = 0; round < 3; round++) {
      var process =
          new ProcessBuilder(
                  java,
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  file.toString())
              .redirectErrorStream(true)
              .start();
      assertThat(process.getInputStream().read()).isEqualTo('r');
      process.getInputStream().skipNBytes(3L + round); // some writes later, in the middle of one
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      var content = Files.readString(file);
      assertThat(content).isEqualTo(Writer.content(content.charAt(0)));
    }
  }

  /// Replaces a file forever, telling each time.
  static final class Writer {
    public static void main(String[] arguments) {
      System.out.print('r');
      for (int i = 0; ; i++) {
        AtomicFiles.write(Path.of(arguments[0]), content('a' + i % 26));
        System.out.print('.');
        System.out.flush();
      }
    }

    static String content(int letter) {
      return String.valueOf((char) letter).repeat(1 << 20);
    }
  }
}
