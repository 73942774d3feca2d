package org.teenygrad.book;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.data.Dataset;
import org.teenygrad.data.Example;
import org.teenygrad.data.Mnist;
import org.teenygrad.data.NdArray;

/// Images of digits, 28 x 28 pixels: MNIST's, or digits drawn here with a pen that is not steady.
///
/// A digit is a few strokes through points in the unit square. For each image the points move a little, the whole is
/// turned, slanted, stretched and shifted, smooth curves are laid through the points, and what is near a curve becomes
/// ink.
///
/// @param train examples to learn from: uint8 (1, 28, 28), and the digit
/// @param test examples of the same kind, none of which is in `train`
public record Digits(Dataset train, Dataset test) {
  private static final int SIDE = 28;

  /// Points on a line between two neighbours of a stroke.
  private static final int FINE = 6;

  /// For each digit its strokes, for each stroke its points x y from the top left.
  private static final List<List<String>> STROKES = List.of(
      List.of("50 8 28 22 22 50 28 78 50 92 72 78 78 50 72 22 50 8"),
      List.of("32 26 50 8 50 50 50 92"),
      List.of("26 28 36 12 60 9 72 26 62 50 40 72 24 90 50 90 78 88"),
      List.of("26 16 48 8 70 20 66 40 46 48 68 56 76 74 58 92 26 84"),
      List.of("60 8 42 34 24 60 52 62 80 60", "62 38 62 64 60 92"),
      List.of("72 10 52 10 32 11 30 28 28 44 52 40 74 56 70 82 48 92 26 84"),
      List.of("66 9 42 26 28 56 34 84 54 92 72 78 66 58 46 54 30 66"),
      List.of("24 12 50 11 76 10 62 38 50 66 42 92"),
      List.of("50 48 30 34 34 14 52 8 68 16 68 34 50 48 28 64 32 86 50 92 70 86 72 64 50 48"),
      List.of("70 34 54 46 34 40 30 22 46 8 66 14 72 34 70 62 60 92"));

  /// The MNIST files in the page's folder, else digits of our own.
  /// @param count how many of our own there are to learn from; a third as many for the test
  /// @throws org.teenygrad.state.FileException if the folder lacks a file
  public static Digits of(Page page, int count) {
    Optional<Path> folder = page.data();
    return folder.isPresent() ? new Digits(Mnist.train(folder.get()), Mnist.test(folder.get()))
        : new Digits(drawn(count, 1), drawn(count / 3, 2));
  }

  private static Dataset drawn(int count, long seed) {
    CounterRandom random = CounterRandom.of(seed);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      examples.add(Example.of(NdArray.of(draw(i % 10, random), 1, SIDE, SIDE), NdArray.of((long) (i % 10))));
    }
    return Dataset.of(examples, example -> example);
  }

  private static byte[] draw(int digit, CounterRandom random) {
    double angle = uniform(random, 0.35);
    double slant = uniform(random, 0.35);
    double width = 19 + uniform(random, 5);
    double height = 20 + uniform(random, 4);
    double pen = 1.1 + uniform(random, 0.5);
    double toX = SIDE / 2.0 + uniform(random, 2.5);
    double toY = SIDE / 2.0 + uniform(random, 2.5);
    double[] distance = new double[SIDE * SIDE];
    Arrays.fill(distance, SIDE);
    for (String stroke : STROKES.get(digit)) {
      String[] numbers = stroke.split(" ");
      double[][] points = new double[numbers.length / 2][];
      for (int i = 0; i < points.length; i++) {
        double x = (Double.parseDouble(numbers[2 * i]) / 100 - 0.5 + uniform(random, 0.06)) * width;
        double y = (Double.parseDouble(numbers[2 * i + 1]) / 100 - 0.5 + uniform(random, 0.06)) * height;
        double slanted = x - slant * y;
        points[i] = new double[] {toX + Math.cos(angle) * slanted - Math.sin(angle) * y,
            toY + Math.sin(angle) * slanted + Math.cos(angle) * y};
      }
      ink(distance, curve(points));
    }
    byte[] image = new byte[distance.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) Math.round(255 * Math.clamp(pen + 0.5 - distance[i], 0, 1));
    }
    return image;
  }

  /// In [-limit, limit).
  private static double uniform(CounterRandom random, double limit) {
    return limit * (2 * random.nextDouble() - 1);
  }

  /// A Catmull-Rom curve: through all points, at each in the direction from the point before to the point after.
  private static double[][] curve(double[][] points) {
    int last = points.length - 1;
    double[][] fine = new double[last * FINE + 1][2];
    for (int i = 0; i <= last * FINE; i++) {
      int at = Math.min(i / FINE, last - 1);
      double t = (double) i / FINE - at;
      for (int axis = 0; axis < 2; axis++) {
        double before = points[Math.max(at - 1, 0)][axis];
        double from = points[at][axis];
        double to = points[at + 1][axis];
        double after = points[Math.min(at + 2, last)][axis];
        fine[i][axis] = from + t / 2 * (to - before
            + t * (2 * before - 5 * from + 4 * to - after + t * (3 * (from - to) + after - before)));
      }
    }
    return fine;
  }

  /// Lowers each pixel's distance to its distance from a curve.
  private static void ink(double[] distance, double[][] curve) {
    for (int pixel = 0; pixel < distance.length; pixel++) {
      double x = pixel % SIDE + 0.5;
      double y = pixel / SIDE + 0.5;
      for (int i = 1; i < curve.length; i++) {
        double dx = curve[i][0] - curve[i - 1][0];
        double dy = curve[i][1] - curve[i - 1][1];
        double along = ((x - curve[i - 1][0]) * dx + (y - curve[i - 1][1]) * dy) / (dx * dx + dy * dy + 1e-12);
        double t = Math.clamp(along, 0, 1);
        distance[pixel] = Math.min(distance[pixel], Math.hypot(x - curve[i - 1][0] - t * dx, y - curve[i - 1][1] - t * dy));
      }
    }
  }
}
