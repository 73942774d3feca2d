package org.teenygrad.book;

import java.util.List;
import org.teenygrad.book.part1.BiasVariance;
import org.teenygrad.book.part1.Bigrams;
import org.teenygrad.book.part1.BlasLevels;
import org.teenygrad.book.part1.CertifiedDigits;
import org.teenygrad.book.part1.Distributions;
import org.teenygrad.book.part1.DoubleDescent;
import org.teenygrad.book.part1.Gemm;
import org.teenygrad.book.part1.Glm;
import org.teenygrad.book.part1.HousePrices;
import org.teenygrad.book.part1.LowRankImage;
import org.teenygrad.book.part1.Pca;
import org.teenygrad.book.part1.Sentiment;
import org.teenygrad.book.part1.Strides;
import org.teenygrad.book.part1.Sunrise;
import org.teenygrad.book.part1.WordVectors;
import org.teenygrad.book.part2.Autodiff;
import org.teenygrad.book.part2.BackwardSteps;
import org.teenygrad.book.part2.Bert;
import org.teenygrad.book.part2.GptInside;
import org.teenygrad.book.part2.GpuLadder;
import org.teenygrad.book.part2.LeNet;
import org.teenygrad.book.part2.MlpNames;
import org.teenygrad.book.part2.Optimizers;
import org.teenygrad.book.part2.SentimentFnn;
import org.teenygrad.book.part2.Sequences;
import org.teenygrad.book.part2.Xor;
import org.teenygrad.book.part3.FlashAttention;
import org.teenygrad.book.part3.Kernels;
import org.teenygrad.book.part3.OwnDevice;
import org.teenygrad.book.part3.RewriteRules;
import org.teenygrad.book.part3.ScalingLaws;

/// The programs in the order of the book, each with its defaults.
public final class Contents {
  private static final List<Program> PROGRAMS = List.of(
      new Sunrise(),
      new Distributions(),
      new Bigrams(),
      new HousePrices(),
      new CertifiedDigits(),
      new BiasVariance(),
      new DoubleDescent(),
      new Strides(),
      new BlasLevels(),
      new Gemm(),
      new Sentiment(),
      new Glm(),
      new WordVectors(),
      new Pca(),
      new LowRankImage(),
      new Xor(),
      new MlpNames(),
      new SentimentFnn(),
      new Autodiff(),
      new BackwardSteps(),
      new Optimizers(),
      new GpuLadder(),
      new LeNet(),
      new Sequences(),
      new Bert(),
      new GptInside(),
      new ScalingLaws(),
      new FlashAttention(),
      new RewriteRules(),
      new Kernels(),
      new OwnDevice());

  private Contents() {}

  /// All programs.
  public static List<Program> programs() {
    return PROGRAMS;
  }
}
