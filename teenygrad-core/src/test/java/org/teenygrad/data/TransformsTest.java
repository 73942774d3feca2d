package org.teenygrad.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Shape;

class TransformsTest {
  /// 0 to 11 as (1, 3, 4).
  private static NdArray image() {
    float[] values = new float[12];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return NdArray.of(values, 1, 3, 4);
  }

  @Test
  void bytesBecomeFractionsAndChannelsAreNormalizedEachByItsOwn() {
    NdArray bytes = NdArray.of(new byte[] {0, (byte) 255, 51, 102}, 2, 1, 2);
    NdArray floats = ImageTransforms.toFloat().apply(bytes);
    assertThat(floats.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(floats.toFloatArray()).containsExactly(0, 1, 0.2f, 0.4f);
    double[] means = {0.5, 0.2};
    double[] deviations = {0.5, 0.1};
    assertThat(ImageTransforms.normalize(means, deviations).apply(floats).toFloatArray()).containsExactly(new float[] {-1, 1, 0, 2}, org.assertj.core.api.Assertions.within(1e-6f));
    assertThat(ImageTransforms.toFloat().apply(image()).toFloatArray()).isEqualTo(image().toFloatArray());
    assertThatThrownBy(() -> ImageTransforms.normalize(new double[3], new double[] {1, 1, 1}).apply(floats)).hasMessageContaining("3 means");
    assertThatThrownBy(() -> ImageTransforms.normalize(0, 0)).hasMessageContaining("above 0");
  }

  /// The values of PyTorch's `interpolate(torch.arange(12.).reshape(1, 1, 3, 4), size=..., mode="bilinear")`.
  @Test
  void resizesAsPyTorchInterpolates() {
    assertThat(ImageTransforms.resize(2, 2).apply(image()).toFloatArray()).containsExactly(1.5f, 3.5f, 7.5f, 9.5f);
    assertThat(ImageTransforms.resize(1, 8).apply(image()).toFloatArray())
        .containsExactly(4, 4.25f, 4.75f, 5.25f, 5.75f, 6.25f, 6.75f, 7);
    NdArray bytes = NdArray.of(new byte[] {0, (byte) 255}, 1, 1, 2);
    NdArray wide = ImageTransforms.resize(1, 4).apply(bytes);
    assertThat(wide.dtype()).isEqualTo(DType.UINT8);
    assertThat(wide.toFloatArray()).containsExactly(0, 64, 191, 255);
  }

  @Test
  void theMiddleIsCutOutOrPadded() {
    assertThat(ImageTransforms.centerCrop(1, 2).apply(image()).toFloatArray()).containsExactly(5, 6);
    NdArray padded = ImageTransforms.centerCrop(5, 2).apply(image());
    assertThat(padded.shape()).isEqualTo(Shape.of(1, 5, 2));
    assertThat(padded.toFloatArray()).containsExactly(0, 0, 1, 2, 5, 6, 9, 10, 0, 0);
    assertThat(ImageTransforms.centerCrop(1, 8).apply(image()).toFloatArray()).containsExactly(0, 0, 4, 5, 6, 7, 0, 0);
  }

  @Test
  void everyCropAndBothFlipsComeAbout() {
    CounterRandom random = CounterRandom.of(1);
    Augmentation crop = ImageTransforms.randomCrop(3, 4, 1);
    Set<String> crops = new HashSet<>();
    Set<Float> corners = new HashSet<>();
    Augmentation flip = ImageTransforms.randomHorizontalFlip(0.5);
    for (int i = 0; i < 200; i++) {
      crops.add(Arrays.toString(crop.apply(image(), random).toFloatArray()));
      corners.add(flip.apply(image(), random).toFloatArray()[0]);
    }
    assertThat(crops).hasSize(9).contains(Arrays.toString(image().toFloatArray()));
    assertThat(crops).contains(Arrays.toString(new float[] {0, 0, 0, 0, 0, 0, 1, 2, 0, 4, 5, 6}));
    assertThat(corners).containsExactlyInAnyOrder(0f, 3f);
    assertThat(ImageTransforms.randomHorizontalFlip(1).apply(image(), random).toFloatArray())
        .containsExactly(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8);
    assertThatThrownBy(() -> ImageTransforms.randomCrop(6, 4, 1).apply(image(), random)).hasMessageContaining("no part of 6 x 4");
  }

  @Test
  void textsBecomeRowsOfEqualLength() {
    var tokens = TextTransforms.tokens(Tokenizer.bytes(), 3, 9);
    assertThat(tokens.apply("a").toFloatArray()).containsExactly('a', 9, 9);
    assertThat(tokens.apply("abcd").toFloatArray()).containsExactly('a', 'b', 'c');
    assertThat(tokens.apply("").dtype()).isEqualTo(DType.INT32);
  }
}
