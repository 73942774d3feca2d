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

class CsvTableTest {
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
    for (String bad : new String[] {"1d", "0x1p3", "1e", "--1", "1,5", "one"}) {
      Path file = write("x;y\n1;2\n1;" + bad + "\n");
      assertThatThrownBy(() -> TensorFile.open(file))
          .isInstanceOf(FileException.class).hasMessageContaining("line 3 has '" + bad + "' in column y");
    }
  }

  @Test
  void textIsCategories() throws IOException {
    Path file = write("""
        species,island,mass,"sex, if known"
        Gentoo,Biscoe,5000,male
        Adelie,"Dream ""1\"\"",,
        Adelie,Biscoe,3700.5,NA
        """);
    CsvTable table = CsvTable.read(file);
    assertThat(table.columns()).containsExactly("species", "island", "mass", "sex, if known");
    assertThat(table.rows()).isEqualTo(3);
    assertThat(table.categories("species")).containsExactly("Adelie", "Gentoo");
    assertThat(table.codes("species").dtype()).isEqualTo(DType.INT64);
    assertThat(table.codes("species").toLongArray()).containsExactly(1, 0, 0);
    assertThat(table.categories("island")).containsExactly("Biscoe", "Dream \"1\"");
    assertThat(table.codes("sex, if known").toLongArray()).containsExactly(0, -1, -1);
    assertThat(table.isText("mass")).isFalse();
    assertThat(table.numbers("mass").shape()).isEqualTo(Shape.of(3, 1));
    assertThat(table.numbers("mass").toDoubleArray()).containsExactly(5000, Double.NaN, 3700.5);
    try (TensorFile opened = TensorFile.open(file)) {
      assertThat(opened.metadata()).containsEntry("categories.species", List.of("Adelie", "Gentoo")).hasSize(4);
      assertThat(opened.tensor().toDoubleArray()).containsExactly(
          1, 0, 5000, 0, 0, 1, Double.NaN, Double.NaN, 0, 0, 3700.5, Double.NaN);
    }
  }

  @Test
  void picksColumnsByName() throws IOException {
    CsvTable table = CsvTable.read(write("a,b,c,c\n1,x,3,4\n5,y,7,8\n"));
    assertThat(table.numbers("a", "a").toDoubleArray()).containsExactly(1, 1, 5, 5);
    assertThatThrownBy(() -> table.numbers("b"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("b is text");
    assertThatThrownBy(() -> table.codes("a"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("a is numbers");
    assertThatThrownBy(() -> table.numbers("c"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("two columns c");
    assertThatThrownBy(() -> table.numbers("d"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no column d, only [a, b, c, c]");
  }

  @Test
  void asksWhetherALineOfNumbersAndTextIsNames() throws IOException {
    Path iris = write("5.1,3.5,setosa\n6.2,2.9,virginica\n");
    assertThatThrownBy(() -> CsvTable.read(iris))
        .isInstanceOf(FileException.class).hasMessageContaining("withHeader or CsvTable.withoutHeader");
    CsvTable flowers = CsvTable.withoutHeader(iris);
    assertThat(flowers.columns()).containsExactly("0", "1", "2");
    assertThat(flowers.codes("2").toLongArray()).containsExactly(0, 1);
    CsvTable years = CsvTable.withHeader(write("land,2024,2025\nA,1,2\n"));
    assertThat(years.numbers("2025").toDoubleArray()).containsExactly(2);
    assertThat(CsvTable.withHeader(write("1,2\n3,4\n")).rows()).isEqualTo(1);
  }

  @Test
  void fieldsInQuotesMayHaveLineEnds() throws IOException {
    Path file = write("text,n\n\"two\nlines\",1\n\"a;b\t,\" , 2\n5' 10\",3\nx,y\n");
    assertThatThrownBy(() -> CsvTable.read(file))
        .isInstanceOf(FileException.class).hasMessageContaining("line 6 has 'y' in column n");
    CsvTable table = CsvTable.read(write(Files.readString(file).replace("x,y", "x,-inf")));
    assertThat(table.categories("text")).containsExactly("5' 10\"", "a;b\t,", "two\nlines", "x");
    assertThat(table.numbers("n").toDoubleArray()).containsExactly(1, 2, 3, Double.NEGATIVE_INFINITY);
    Path open = write("text,n\na,1\n\"b,2\nc,3\n");
    assertThatThrownBy(() -> CsvTable.read(open))
        .isInstanceOf(FileException.class).hasMessageContaining("opened in line 3 is never closed");
  }

  @Test
  void namesWhatIsNoText() throws IOException {
    Path latin = Files.write(folder.resolve("latin.csv"), "x,n\nZ\u00fcrich,1\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> CsvTable.read(latin))
        .isInstanceOf(FileException.class).hasMessageContaining("line 2 is not UTF-8");
    Path words = write("one\ntwo\n");
    assertThatThrownBy(() -> TensorFile.open(words))
        .isInstanceOf(FileException.class).hasMessageContaining("no column of numbers");
    assertThat(CsvTable.read(words).categories("one")).containsExactly("two");
    Path packed = Files.write(folder.resolve("t.csv.gz"), Samples.gzip("a,b\n1,x\n".getBytes(StandardCharsets.UTF_8)));
    assertThat(CsvTable.read(packed).categories("b")).containsExactly("x");
    Path image = Files.write(folder.resolve("images.gz"), Samples.gzip(IdxFileTest.IMAGES));
    assertThatThrownBy(() -> CsvTable.read(image)).isInstanceOf(FileException.class).hasMessageContaining("no text");
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
    Mutations.check(folder.resolve("t.csv"), "a,b\n\"x \"\"y\",1\nz,2\n".getBytes(StandardCharsets.UTF_8));
    Mutations.check(folder.resolve("m.tsv"), "1\t2.5\t3\n4\t5e5\tNA\n".getBytes(StandardCharsets.UTF_8));
  }
}
