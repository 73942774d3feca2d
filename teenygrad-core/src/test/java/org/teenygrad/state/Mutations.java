package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Damages good files in many ways: each must load, or be refused by a [FileException], without hanging.
final class Mutations {
  private static final int COUNT = 1_000;
  private static final long MAX_NANOS = 10_000_000_000L;
  private static final int[] ODD_BYTES =
      {0, 1, 0x7F, 0x80, 0xFF, '(', ')', '{', '}', '.', 'R', 'c', ']', 'e', 't', 'q'};

  private Mutations() {}

  /// Each file that is too short must be refused, too, unless it is text.
  static void check(Path file, byte[] good) throws IOException {
    Random random = new Random(42);
    int loaded = 0;
    for (int i = 0; i < COUNT; i++) {
      loaded += loads(file, mutated(good, random)) ? 1 : 0;
    }
    assertThat(loaded).isLessThan(COUNT);
    boolean isText = file.toString().matches(".*[ct]sv");
    for (int length = 0; length < good.length; length++) {
      assertThat(loads(file, Arrays.copyOf(good, length)) && !isText).as("the first %d bytes", length).isFalse();
    }
    assertThat(mappings(file)).as("what is still mapped").isEmpty();
  }

  private static boolean loads(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    long start = System.nanoTime();
    boolean loads = false;
    try (TensorFile opened = TensorFile.open(file)) {
      opened.tensors().forEach((name, tensor) -> assertThat(tensor.shape()).isEqualTo(opened.shapes().get(name)));
      loads = true;
    } catch (FileException e) {
      assertThat(e.getMessage()).contains(String.valueOf(file.getParent()));
    }
    assertThat(System.nanoTime() - start).isLessThan(MAX_NANOS);
    return loads;
  }

  /// What Linux says this process has mapped, or open, of a folder.
  private static List<String> mappings(Path file) throws IOException {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.exists(maps)) {
      return List.of();
    }
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      Stream<String> descriptors = open.map(Mutations::target);
      return Stream.concat(Files.readAllLines(maps).stream(), descriptors)
          .filter(line -> line.contains(String.valueOf(file.getParent()))).toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // the listing's own, which is closed by now
    }
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
