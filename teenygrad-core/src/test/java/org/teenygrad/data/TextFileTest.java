package org.teenygrad.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.state.FileException;

class TextFileTest {

  @TempDir Path folder;

  @Test
  void readsUtf8AsItIs() throws IOException {
    assertThat(TextFile.read(file("naïve 🦊\r\n".getBytes("UTF-8")))).isEqualTo("naïve 🦊\r\n");
  }

  @Test
  void dropsAByteOrderMark() throws IOException {
    assertThat(TextFile.read(file("\uFEFFa".getBytes("UTF-8")))).isEqualTo("a");
  }

  @Test
  void saysWhereAFileStopsBeingUtf8() throws IOException {
    var path = file(new byte[] {'a', (byte) 0xC3, (byte) 0xA9, (byte) 0xE9, ' '});
    assertThatThrownBy(() -> TextFile.read(path))
        .isInstanceOf(FileException.class)
        .hasMessage(path + " is not a text in UTF-8: its byte 3 (0xE9) begins no valid character");
  }

  @Test
  void refusesACharacterCutOffAtTheEnd() throws IOException {
    var path = file(new byte[] {'a', (byte) 0xF0, (byte) 0x9F});
    assertThatThrownBy(() -> TextFile.read(path)).hasMessageContaining("its byte 1 (0xF0)");
  }

  @Test
  void refusesEmptyFiles() throws IOException {
    assertThatThrownBy(() -> TextFile.read(file(new byte[0]))).hasMessageContaining("it is empty");
    assertThatThrownBy(() -> TextFile.read(file("\uFEFF".getBytes("UTF-8"))))
        .hasMessageContaining("it is empty");
  }

  @Test
  void namesMissingFilesAndFolders() {
    var missing = folder.resolve("none.txt");
    assertThatThrownBy(() -> TextFile.read(missing))
        .hasMessage("cannot read " + missing + ": no such file or directory");
    assertThatThrownBy(() -> TextFile.read(folder)).hasMessageContaining("is a directory");
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("corpus.txt"), bytes);
  }
}
