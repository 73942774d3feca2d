package org.teenygrad.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.plot.Drawn.Area;
import org.teenygrad.plot.Drawn.Picture;

/// Grids and images as a reader's PNG decoder sees them.
class RasterTest {
  private static int rgb(Picture picture, int row, int column) {
    return picture.pixels().getRGB(column, row) & 0xffffff;
  }

  @Test
  void aPngHasThePixelsThatItWasMadeOf() {
    Random random = new Random(3);
    int[] argb = IntStream.range(0, 70 * 31).map(i -> random.nextInt() | 0xff000000).toArray();
    argb[5] = 0x40123456;
    BufferedImage image = Drawn.decoded(Png.argb(70, argb));
    assertThat(image.getRGB(0, 0, 70, 31, null, 0, 70)).isEqualTo(argb);

    int[] palette = IntStream.range(0, 256).map(i -> random.nextInt()).toArray();
    byte[] pixels = new byte[70 * 31];
    random.nextBytes(pixels);
    BufferedImage indexed = Drawn.decoded(Png.indexed(70, pixels, palette));
    int[] expected = IntStream.range(0, pixels.length).map(i -> palette[pixels[i] & 255]).toArray();
    assertThat(indexed.getRGB(0, 0, 70, 31, null, 0, 70)).isEqualTo(expected);
  }

  @Test
  void aHeatMapBeginsAtTheTopAndLeavesBlankWhatIsNotFinite() {
    Drawn drawn = Drawn.of(Plot.of("").heatMap(new double[][] {{0, 1, 2}, {Double.NaN, 5, 10}}));
    Picture map = drawn.images().getFirst();
    Area area = drawn.area();
    assertThat(new Area(map.left(), map.top(), map.left() + map.width(), map.top() + map.height())).isEqualTo(area);
    assertThat(rgb(map, 0, 0)).isEqualTo(0x440154);
    assertThat(rgb(map, 1, 2)).isEqualTo(0xfde725);
    assertThat(rgb(map, 1, 1)).isEqualTo(0x21918c);
    assertThat(map.pixels().getRGB(0, 1) >>> 24).isZero();
    assertThat(map.pixels().getRGB(0, 0) >>> 24).isEqualTo(255);
  }

  /// The bar of colours has the greatest on top.
  @Test
  void theBarSaysWhatColoursMean() {
    Drawn drawn = Drawn.of(Plot.of("").heatMap(new double[][] {{-4, 2}}).colors(ColorMap.DIVERGING));
    Picture bar = drawn.images().getLast();
    assertThat(rgb(bar, 0, 0)).isEqualTo(0x702605);
    assertThat(rgb(bar, 127, 0)).isEqualTo(0xf5f5f5);
    assertThat(rgb(bar, 254, 0)).isEqualTo(0x10386d);
    assertThat(drawn.texts()).contains("4", "-4");
  }

  @Test
  void numbersAreReadableOnTheirCells() {
    Drawn drawn = Drawn.of(Plot.of("").heatMap(new double[][] {{0, 1}}).numbers(1));
    assertThat(drawn.all("text")).filteredOn(text -> text.getTextContent().equals("0.0")).first()
        .satisfies(text -> assertThat(text.getAttribute("class")).isEqualTo("on-dark"));
    assertThat(drawn.all("text")).filteredOn(text -> text.getTextContent().equals("1.0")).first()
        .satisfies(text -> assertThat(text.getAttribute("class")).isEqualTo("on-light"));
  }

  @Test
  void whatRoundsToZeroHasNoSign() {
    assertThat(Drawn.of(Plot.of("").heatMap(new double[][] {{-1e-9, -0.25}}).numbers(2)).texts()).contains("0.00", "-0.25").doesNotContain("-0.00");
  }

  /// y grows upwards, and a cell's middle is at its coordinates.
  @Test
  void aFieldIsWhereItsCoordinatesAre() {
    Drawn drawn = Drawn.of(Plot.of("").field(Grid.of(0, 4, 0, 2, 4, (x, y) -> x + 10 * y)).xRange(-0.5, 4.5));
    Picture field = drawn.images().getFirst();
    Area area = drawn.area();
    assertThat(field.left()).isCloseTo(area.left(), within(0.1));
    assertThat(field.left() + field.width()).isCloseTo(area.right(), within(0.1));
    assertThat(field.top()).isCloseTo(area.top() - (area.bottom() - area.top()) / 8, within(0.1));
    assertThat(rgb(field, 4, 0)).isEqualTo(0x440154);
    assertThat(rgb(field, 0, 4)).isEqualTo(0xfde725);
  }

  @Test
  void regionsHaveTheirClassesColours() {
    Drawn drawn = Drawn.of(Plot.of("").regions(Grid.of(0, 2, 0, 1, 2, (x, y) -> x - 1), "zero", "one"));
    BufferedImage regions = drawn.images().getFirst().pixels();
    assertThat(regions.getRGB(0, 0) >>> 24).isZero();
    assertThat(regions.getRGB(1, 0) & 0xffffff).isEqualTo(Style.LIGHT[0]);
    assertThat(regions.getRGB(2, 0) & 0xffffff).isEqualTo(Style.LIGHT[1]);
  }

  @Test
  void largeGridsAreAveraged() {
    double[][] large = IntStream.range(0, 1024).mapToObj(i -> IntStream.range(0, 1024).mapToDouble(j -> (i + j) % 2).toArray()).toArray(double[][]::new);
    large[0][0] = Double.NaN;
    double[][] small = Raster.shrunk(large);
    assertThat(small).hasDimensions(512, 512);
    assertThat(small[5][7]).isEqualTo(0.5);
    assertThat(small[0][0]).isCloseTo(2 / 3.0, within(1e-12));
    Picture map = Drawn.of(Plot.of("").heatMap(large)).images().getFirst();
    assertThat(map.pixels().getWidth()).isEqualTo(512);
  }

  @Test
  void imagesHaveTheirOwnColours() {
    Picture rgb = Drawn.of(Plot.of("").rgb(new double[][][] {{{1, 0, 0.5}, {0, 1, 2}, {0, Double.NaN, 0}}})).images().getFirst();
    assertThat(rgb.pixels().getRGB(0, 0)).isEqualTo(0xffff0080);
    assertThat(rgb.pixels().getRGB(1, 0)).isEqualTo(0xff00ffff);
    assertThat(rgb.pixels().getRGB(2, 0)).isZero();
    assertThat(rgb.width()).isCloseTo(3 * rgb.height(), within(0.2));
    Picture gray = Drawn.of(Plot.of("").gray(new double[][] {{0, 1}, {2, 3}}).colorRange(0, 2)).images().getFirst();
    assertThat(gray.pixels().getRGB(0, 0, 2, 2, null, 0, 2)).containsExactly(0xff000000, 0xff808080, 0xffffffff, 0xffffffff);
  }

  @Test
  void cellsOfUnequalSizeAreRefused() {
    double[] powers = {1, 10, 100, 1000};
    Grid grid = Grid.of(powers, new double[] {0, 1}, (x, y) -> x);
    assertThat(Drawn.of(Plot.of("").logX().field(grid)).images()).hasSize(2);
    assertThatThrownBy(() -> Plot.of("").field(grid).toSvg()).hasMessageContaining("do not stand at equal distances");
  }

  @Test
  void viridisGrowsEvenlyLighter() {
    List<Double> lightness = IntStream.rangeClosed(0, 16).mapToObj(i -> Vision.lightness(ColorMap.VIRIDIS.color(i / 16.0))).toList();
    for (int i = 1; i < lightness.size(); i++) {
      assertThat(lightness.get(i) - lightness.get(i - 1)).isBetween(3.0, 7.0);
    }
  }
}
