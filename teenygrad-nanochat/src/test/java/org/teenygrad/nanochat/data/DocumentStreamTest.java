package org.teenygrad.nanochat.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.data.DocumentStream.Position;

class DocumentStreamTest {
  @TempDir private Path folder = Path.of("");

  private void write(String file, String... documents) throws IOException {
    Files.writeString(folder.resolve(file), String.join("\n\n", documents));
  }

  private DocumentStream stream(Split split, int rank, int worldSize, Position from) {
    return new DocumentStream(List.of(folder), split, rank, worldSize, from);
  }

  private List<String> take(Split split, int rank, int worldSize, int count) {
    List<String> taken = new ArrayList<>();
    try (DocumentStream stream = stream(split, rank, worldSize, Position.START)) {
      for (int i = 0; i < count; i++) {
        taken.add(stream.next());
      }
    }
    return taken;
  }

  @Test
  void theLastFileIsForValidation() throws IOException {
    write("a.txt", "a", "b");
    write("b.txt", "c");
    write("c.txt", "d", "e");
    assertThat(take(Split.TRAIN, 0, 1, 7)).containsExactly("a", "b", "c", "a", "b", "c", "a");
    assertThat(take(Split.VALIDATION, 0, 1, 3)).containsExactly("d", "e", "d");
  }

  @Test
  void eachTenthDocumentOfOneFileIsForValidation() throws IOException {
    write("a.txt", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    assertThat(take(Split.TRAIN, 0, 1, 11)).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "10", "0");
    assertThat(take(Split.VALIDATION, 0, 1, 2)).containsExactly("9", "9");
    assertThat(take(Split.TRAIN, 1, 2, 5)).containsExactly("1", "3", "5", "7", "10");
  }

  @Test
  void ranksTakeTheDocumentsOfAFileInTurn() throws IOException {
    write("a.txt", "a", "b", "c");
    write("b.txt", "d", "e");
    write("c.txt", "validation");
    assertThat(take(Split.TRAIN, 0, 2, 4)).containsExactly("a", "c", "d", "a");
    assertThat(take(Split.TRAIN, 1, 2, 3)).containsExactly("b", "e", "b");
  }

  @Test
  void goesOnFromAPosition() throws IOException {
    write("a.txt", "a", "b", "c");
    write("b.txt", "d", "e");
    write("c.txt", "validation");
    List<String> all = take(Split.TRAIN, 0, 2, 12);
    try (DocumentStream whole = stream(Split.TRAIN, 0, 2, Position.START)) {
      for (int i = 0; i < 11; i++) {
        try (DocumentStream rest = stream(Split.TRAIN, 0, 2, whole.position())) {
          assertThat(rest.next()).isEqualTo(all.get(i));
        }
        assertThat(whole.next()).isEqualTo(all.get(i));
      }
      assertThat(whole.position()).isEqualTo(new Position(4, 0, 3));
    }
  }

  @Test
  void saysWhereThereIsNothing() throws IOException {
    write("a.txt", "a", "b");
    assertThatIllegalArgumentException().isThrownBy(() -> take(Split.VALIDATION, 0, 1, 1)).withMessageContaining("no documents for validation in")
        .withMessageContaining("each tenth document");
    assertThatIllegalArgumentException().isThrownBy(() -> take(Split.TRAIN, 2, 3, 1)).withMessageContaining("for training for rank 2 of 3");
    assertThatIllegalArgumentException().isThrownBy(() -> take(Split.TRAIN, 2, 2, 1)).withMessageContaining("rank 2 is not one of the 2");
  }

  @Test
  void noticesThatFilesHaveChanged() throws IOException {
    write("a.txt", "a", "b");
    assertThatIllegalArgumentException().isThrownBy(() -> stream(Split.TRAIN, 0, 1, new Position(1, 1, 0)))
        .withMessageContaining("a stream of 1 files cannot go on at");
    try (DocumentStream stream = stream(Split.TRAIN, 0, 1, new Position(1, 0, 3))) {
      assertThatIllegalArgumentException().isThrownBy(stream::next).withMessageContaining("has 2 documents, but 3 of them were read before");
    }
  }
}
