package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/// Damages good files in many ways: each must load, or be refused by a [FileException], without hanging.
final class Mutations {
  private static final int COUNT = 1_000;
  private static final long MAX_NANOS = 10_000_000_000L;
  private static final int[] ODD_BYTES =
      {0, 1, 0x7F, 0x80, 0xFF, '(', ')', '{', '}', '.', 'R', 'c', ']', 'e', 't', 'q'};

  private Mutations() {}

  static void check(Path file, byte[] good) throws IOException {
    Random random = new Random(42);
    int loaded = 0;
    for (int i = 0; i < COUNT; i++) {
      Files.write(file, mutated(good, random));
      long start = System.nanoTime();
      try (TensorFile opened = TensorFile.open(file)) {
        opened.tensors().forEach((name, tensor) -> assertThat(tensor.shape()).isEqualTo(opened.shapes().get(name)));
        loaded++;
      } catch (FileException e) {
        assertThat(e.getMessage()).contains(String.valueOf(file.getParent()));
      }
      assertThat(System.nanoTime() - start).as("mutation %d", i).isLessThan(MAX_NANOS);
    }
    assertThat(loaded).isLessThan(COUNT);
  }

  private static byte[] mutated(byte[] good, Random random) {
    byte[] bytes = good.clone();
    switch (random.nextInt(5)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
      case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        for (int i = random.nextInt(8); i >= 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      case 3 -> bytes[random.nextInt(bytes.length)] = (byte) ODD_BYTES[random.nextInt(ODD_BYTES.length)];
      default -> {
        int length = 1 + random.nextInt(Math.min(32, bytes.length));
        System.arraycopy(good, random.nextInt(good.length - length + 1), bytes, random.nextInt(
            good.length - length + 1), length);
      }
    }
    return bytes;
  }
}
