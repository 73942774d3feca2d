package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Options and types that make no sense, each with what the sentence about it says; PyTorch refuses them, too, or computes nonsense.
class RefusalsTest {
  private static final Tensor VECTOR = Tensor.of(1.5f, -2, 0.3f);
  private static final Tensor SQUARE = Tensor.of(new float[][] {{1, 2}, {3, 4}});
  private static final Tensor IMAGE = Tensor.ones(1, 1, 4);
  private static final Tensor TWO_CLASSES = Tensor.of(0, 1);

  private interface Call {
    Object run();
  }

  private static Map<String, Call> refused() {
    Map<String, Call> calls = new LinkedHashMap<>();
    calls.put("huberLoss: delta must be above 0, not -1", () -> VECTOR.huberLoss(VECTOR, -1, LossReduction.MEAN));
    calls.put("huberLoss: delta must be above 0, not 0", () -> VECTOR.huberLoss(VECTOR, 0, LossReduction.MEAN));
    calls.put("smoothL1Loss: beta must not be negative, but is -1", () -> VECTOR.smoothL1Loss(VECTOR, -1, LossReduction.MEAN));
    calls.put("label smoothing must be in 0..1, not 2",
        () -> SQUARE.crossEntropy(TWO_CLASSES, -100, LossReduction.MEAN, 2));
    calls.put("rot90: a plane has two axes, not 1 and 1", () -> SQUARE.rot90(1, 1, 1));
    calls.put("rot90: a plane has two axes, not 1 and -1", () -> SQUARE.rot90(1, 1, -1));
    calls.put("hardtanh: the least value 1.0 is above the largest -1", () -> VECTOR.hardtanh(1, -1));
    calls.put("hardtanh: -1.0 is no number of uint8", () -> VECTOR.cast(DType.UINT8).hardtanh(-1, 1));
    calls.put("hardtanh: is not for bool", () -> Tensor.of(true).relu6());
    calls.put("threshold: is not for bool", () -> Tensor.of(true).threshold(0, 1));
    calls.put("softshrink: lambda must not be negative, but is -0.5", () -> VECTOR.softshrink(-0.5));
    calls.put("celu: divides by alpha", () -> VECTOR.celu(0));
    calls.put("gumbelSoftmax: the temperature must be above 0, not 0", () -> VECTOR.gumbelSoftmax(0, false, 0));
    calls.put("isClose: tolerances must not be negative, but are rtol -1", () -> VECTOR.isClose(VECTOR, -1, 0, false));
    calls.put("maskedScatter: takes a mask of bool", () -> VECTOR.maskedScatter(Tensor.of(1, 0, 1), VECTOR));
    calls.put("and a source of float32, not bool and int64", () -> VECTOR.maskedScatter(Tensor.of(true, false, true), Tensor.of(1L, 2L)));
    calls.put("prelu: the weight is one number or (channels), here (2,), not (1, 2)", () -> SQUARE.prelu(Tensor.ones(1, 2)));
    calls.put("here (2,), not (3,)", () -> SQUARE.prelu(Tensor.ones(3)));
    calls.put("prelu: the weight must be float32", () -> SQUARE.prelu(Tensor.ones(DType.FLOAT64, 1)));
    calls.put("conv1d: input of float32 and weight of float64", () -> IMAGE.conv1d(Tensor.ones(DType.FLOAT64, 1, 1, 2)));
    calls.put("conv1d: weight of float32 and bias of float64",
        () -> IMAGE.conv1d(Tensor.ones(1, 1, 2), Tensor.ones(DType.FLOAT64, 1), Window.DEFAULT));
    calls.put("convTranspose1d: input of float32 and weight of int64",
        () -> IMAGE.convTranspose1d(Tensor.ones(DType.INT64, 1, 1, 2), null, Window.DEFAULT));
    calls.put("renorm: p must be above 0", () -> SQUARE.renorm(-1, 0, 1));
    calls.put("they are 2.0 and -1", () -> SQUARE.renorm(2, 0, -1));
    calls.put("cdist: p must not be negative", () -> SQUARE.cdist(SQUARE, -1));
    calls.put("cosineSimilarity: eps must not be negative", () -> VECTOR.cosineSimilarity(VECTOR, 0, -1));
    calls.put("layerNorm: eps must not be negative", () -> VECTOR.layerNorm(Shape.of(3), null, null, -1));
    calls.put("groupNorm: eps must not be negative", () -> SQUARE.groupNorm(1, null, null, -1));
    calls.put("batchNorm: eps must not be negative", () -> SQUARE.batchNorm(null, null, -1));
    calls.put("avgPool1d: is not for bool", () -> IMAGE.cast(DType.BOOL).avgPool1d(Window.DEFAULT, 2));
    calls.put("pad: NaN is no number of int64", () -> Tensor.of(1L, 2L).pad(new int[][] {{1, 0}}, Double.NaN));
    calls.put("pad: -1.0 is no number of uint8", () -> VECTOR.cast(DType.UINT8).pad(new int[][] {{1, 0}}, -1.0));
    calls.put("would have 4294967297 elements",
        () -> VECTOR.pad(new int[][] {{Integer.MAX_VALUE, Integer.MAX_VALUE}}));
    calls.put("pad: by -4 and 0", () -> VECTOR.pad(new int[][] {{-4, 0}}));
    calls.put("vander: takes vectors", () -> VECTOR.vander(-1, true));
    calls.put("multinomial: the weights of a row must be finite, not negative, and not all 0; here the least is -1.0",
        () -> Tensor.of(1f, -1f).multinomial(1));
    calls.put("the least sum of a row 0.0", () -> Tensor.of(new float[][] {{1, 1}, {0, 0}}).multinomial(1));
    calls.put("the least is NaN", () -> Tensor.of(1f, Float.NaN).multinomial(1));
    calls.put("random: shape (1073741824, 64) has 68719476736 elements", () -> Tensor.rand(1 << 30, 64));
    calls.put("(65536, 65536) has 4294967296 elements", () -> Tensor.randn(1 << 16, 1 << 16));
    calls.put("has 1237940039285380274899124224 elements, more than 2^63 - 1", () -> Tensor.zeros(1 << 30, 1 << 30, 1 << 30));
    calls.put("normal: the standard deviation must not be negative", () -> Tensor.normal(0, -1, 2));
    calls.put("uniform: the least number 1.0 is above the largest 0.0", () -> Tensor.uniform(1, 0, 2));
    calls.put("embedding: ids are integers, not float32", () -> SQUARE.embedding(Tensor.of(1f)));
    calls.put("indexSelect: a scalar has one position, not 2", () -> Tensor.of(1f).indexSelect(0, Tensor.of(0, 0)));
    calls.put("indexAdd: source (2,) is not (1,)", () -> VECTOR.indexAdd(0, Tensor.of(0).reshape(1), Tensor.ones(2)));
    calls.put("indexFill: the index is a vector of integers, not float32", () -> VECTOR.indexFill(0, Tensor.of(0f), 1));
    calls.put("indexCopy: source (2,) is not (1,)", () -> VECTOR.indexCopy(0, Tensor.of(0), Tensor.ones(2)));
    return calls;
  }

  @TestFactory
  Stream<DynamicTest> refusesNonsense() {
    return refused().entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey(), () ->
        assertThatThrownBy(() -> entry.getValue().run()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(entry.getKey())));
  }
}
