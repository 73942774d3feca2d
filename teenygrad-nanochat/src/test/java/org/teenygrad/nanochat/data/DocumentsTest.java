package org.teenygrad.nanochat.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsTest {
  @TempDir private Path folder = Path.of("");

  private static List<String> read(Path... paths) {
    List<String> read = new ArrayList<>();
    try (Documents documents = Documents.of(List.of(paths))) {
      documents.forEachRemaining(read::add);
    }
    return read;
  }

  @Test
  void readsParagraphsLinesAndCompressedFiles() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "\n\none\nstill one\n \ntwo\n\n\n");
    Files.writeString(folder.resolve("b.jsonl"), "{\"text\": \"three\", \"id\": 1}\n\n{\"text\": \"fo\\nur\"}\n");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("c.txt.gz")))) {
      out.write("five é\n".getBytes(StandardCharsets.UTF_8));
    }
    Files.writeString(folder.resolve("d.md"), "not read");
    assertThat(read(folder)).containsExactly("one\nstill one", "two", "three", "fo\nur", "five é");
    assertThat(read(folder.resolve("b.jsonl"), folder.resolve("c.txt.gz"))).containsExactly("three", "fo\nur", "five é");
  }

  @Test
  void saysWhichLineIsBroken() throws IOException {
    Path file = folder.resolve("x.jsonl");
    Files.writeString(file, "{\"text\": \"a\"}\n\n{\"text\": \n");
    assertThatIllegalArgumentException().isThrownBy(() -> read(file)).withMessageContaining("x.jsonl, line 3: not JSON");
    Files.writeString(file, "{\"txt\": \"a\"}\n");
    assertThatIllegalArgumentException().isThrownBy(() -> read(file)).withMessageEndingWith("x.jsonl, line 1: \"text\" must be a string, but there is none");
    Files.write(file, new byte[] {(byte) 0xFF, 10});
    assertThatIllegalArgumentException().isThrownBy(() -> read(file)).withMessageContaining("is not UTF-8");
  }

  @Test
  void saysWhatCanBeRead() throws IOException {
    assertThatIllegalArgumentException().isThrownBy(() -> read(folder)).withMessageContaining("no .txt or .jsonl files");
    assertThatIllegalArgumentException().isThrownBy(() -> read(folder.resolve("none.txt"))).withMessageContaining("there is no file");
    Path other = Files.createFile(folder.resolve("a.bin"));
    assertThatIllegalArgumentException().isThrownBy(() -> read(other)).withMessageContaining("there are .txt, .jsonl, and .gz of them");
  }

  @Test
  void rolesOutOfOrderAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Conversation.ofJson("{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}"))
        .withMessage("message 0 is from the assistant but should be from the user");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Conversation.ofJson("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"system\", \"content\": \"a\"}]}"))
        .withMessageContaining("message 1 is from \"system\"");
    assertThatIllegalArgumentException().isThrownBy(() -> Conversation.ofJson("{\"messages\": []}"));
  }
}
