package org.teenygrad.nanochat.data;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
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
    try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(folder.resolve("c.txt.zst")))) {
      out.write("six\n".getBytes(StandardCharsets.UTF_8));
    }
    Files.writeString(folder.resolve("d.md"), "not read");
    assertThat(read(folder)).containsExactly("one\nstill one", "two", "three", "fo\nur", "five é", "six");
    assertThat(read(folder.resolve("b.jsonl"), folder.resolve("c.txt.gz"))).containsExactly("three", "fo\nur", "five é");
  }

  private static Path parquet(String name) throws URISyntaxException {
    return Path.of(requireNonNull(DocumentsTest.class.getResource(name)).toURI());
  }

  /// Written by PyArrow in three groups of rows, the tenth of which has no text.
  @Test
  void readsTheTextsOfParquet() throws URISyntaxException {
    assertThat(read(parquet("docs.zstd.parquet"))).containsExactly("First document.\nTwo lines.", "", "Straße, naïve café, 你好, 🙂",
        "Document 3 of the second group.", "Document 4 of the second group.", "Document 5 of the second group.", "Document 6 of the second group.",
        "Document 7 of the second group.", "Document 8 of the second group.", "The last one.");
  }

  @Test
  void saysWhyParquetCannotBeRead() throws URISyntaxException, IOException {
    Path other = parquet("other.parquet");
    assertThatIllegalArgumentException().isThrownBy(() -> read(other)).withMessageContaining("strings in a column \"text\"");
    Path none = Files.writeString(folder.resolve("none.parquet"), "not Parquet, but long enough to be looked at");
    assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> read(none)).withMessageContaining("Not a Parquet file");
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
    assertThatIllegalArgumentException().isThrownBy(() -> read(folder)).withMessageContaining("no .parquet, .txt or .jsonl files");
    assertThatIllegalArgumentException().isThrownBy(() -> read(folder.resolve("none.txt"))).withMessageContaining("there is no file");
    Path other = Files.createFile(folder.resolve("a.bin"));
    assertThatIllegalArgumentException().isThrownBy(() -> read(other)).withMessageContaining("there are .parquet, .txt, .jsonl, and .gz and .zst");
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
