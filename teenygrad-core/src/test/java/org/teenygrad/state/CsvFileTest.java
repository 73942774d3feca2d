package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

class CsvFileTest {
  @TempDir Path folder;

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("table.csv"), text, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "a,b,c\n1,-2.5,3e2\n4,5,6\n",
    "a;b;c\r\n1;-2.5;3e2\r\n\r\n4;5;6",
    "a\tb\tc\n1\t-2.5\t3e2\n4\t5\t6\n",
    "a b c\n1  -2.5 3e2\n4 5 6\n",
    "\uFEFF\"a\",\"b\",\"c\"\n\"1\", -2.5 ,+3e2\n4,5.0,6\n",
  })
  void readsTables(String text) throws IOException {
    try (TensorFile file = TensorFile.open(write(text))) {
      assertThat(file.format()).isEqualTo(TensorFile.Format.CSV);
      assertThat(file.metadata()).containsEntry("columns", List.of("a", "b", "c"));
      Tensor table = file.tensor();
      assertThat(table.dtype()).isEqualTo(DType.FLOAT64);
      assertThat(table.shape()).isEqualTo(Shape.of(2, 3));
      assertThat(table.toDoubleArray()).containsExactly(1, -2.5, 300, 4, 5, 6);
    }
  }

  @Test
  void theFirstLineMayBeNumbers() throws IOException {
    assertThat(State.loadTensor(write("1,2\n3,4\n")).shape()).isEqualTo(Shape.of(2, 2));
  }

  @Test
  void whatIsMissingIsNaN() throws IOException {
    assertThat(State.loadTensor(write("x,y,z\n,NA,nan\n1,2,\n")).isNan().toIntArray())
        .containsExactly(1, 1, 1, 0, 0, 1);
  }

  @Test
  void namesThePlaceOfAMistake() throws IOException {
    Path text = write("x,y\n1,2\n3,four\n");
    assertThatThrownBy(() -> TensorFile.open(text))
        .isInstanceOf(FileException.class).hasMessageContaining("line 3 has 'four' in column y");
    Path ragged = write("x,y\n1,2\n3\n");
    assertThatThrownBy(() -> TensorFile.open(ragged))
        .isInstanceOf(FileException.class).hasMessageContaining("line 3 has 1 columns");
    for (String bad : new String[] {"1d", "0x1p3", "1e", "--1", "Infinity"}) {
      Path file = write("x,y\n1," + bad + "\n");
      assertThatThrownBy(() -> TensorFile.open(file)).isInstanceOf(FileException.class);
    }
  }

  @Test
  void refusesEndlessFields() throws IOException {
    Path file = write("x,y\n1," + "1".repeat(1 << 20) + "\n");
    assertThatThrownBy(() -> TensorFile.open(file)).isInstanceOf(FileException.class).hasMessageContaining("more than");
  }

  @Test
  void survivesDamage() throws IOException {
    byte[] good = "alpha,beta\n1.25,2\n-3,4e-2\n5,\n".getBytes(StandardCharsets.UTF_8);
    Mutations.check(folder.resolve("m.csv"), good);
    Mutations.check(folder.resolve("m.tsv"), "1\t2.5\t3\n4\t5e5\tNA\n".getBytes(StandardCharsets.UTF_8));
  }
}
