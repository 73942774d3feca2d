package org.teenygrad.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
  @TempDir private Path folder;

  @Test
  void unpacksToTheSameFiles() throws Exception {
    Path image = Files.createDirectories(folder.resolve("image"));
    Path deep = Files.createDirectories(image.resolve("a".repeat(60)).resolve("b".repeat(60)));
    Files.writeString(deep.resolve("text"), "more than 100 bytes of path");
    Files.writeString(image.resolve("run"), "#!/bin/sh\n");
    assertThat(image.resolve("run").toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(image.resolve("link"), Path.of("run"));
    byte[] large = new byte[70 << 20]; // more than a piece
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i >> 12);
    }
    Files.write(image.resolve("large"), large);

    Path archive = folder.resolve("image.tar.xz");
    Archive.pack(image, archive, 1);
    Path there = unpack(archive).resolve("image");

    assertThat(image.relativize(deep).resolve("text")).satisfies(path -> assertThat(there.resolve(path)).hasContent("more than 100 bytes of path"));
    assertThat(there.resolve("run")).isExecutable();
    assertThat(there.resolve("link")).isSymbolicLink().hasContent("#!/bin/sh\n");
    assertThat(there.resolve("large")).hasBinaryContent(large);
    assertThat(archive).satisfies(file -> assertThat(Files.size(file)).isLessThan(1 << 20));
  }

  @Test
  void refusesAPathThatTarHasNoRoomFor() throws IOException {
    Path image = Files.createDirectories(folder.resolve("image"));
    Files.writeString(image.resolve("n".repeat(101)), "");
    assertThatThrownBy(() -> Archive.pack(image, folder.resolve("image.tar.xz"), 1))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("longer than the 100 bytes");
  }

  private Path unpack(Path archive) throws IOException, InterruptedException {
    Path target = Files.createDirectories(folder.resolve("unpacked"));
    int status = new ProcessBuilder("tar", "-xJf", archive.toString(), "-C", target.toString()).inheritIO().start().waitFor();
    assertThat(status).isZero();
    return target;
  }
}
