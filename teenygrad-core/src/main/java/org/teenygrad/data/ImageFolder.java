package org.teenygrad.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.teenygrad.state.FileException;

/// Images in folders, one for each class: torchvision's `ImageFolder`.
///
/// Examples are an image, uint8 (3, height, width) in red, green and blue, and the number of its folder, int64. An image is read when
/// its example is asked for, so [DataLoader#workers] pays off. Images of several sizes need [ImageTransforms#resize] or a crop.
/// ```
/// var cats = ImageFolder.of(Path.of("data/cats")).mapInputs(ImageTransforms.resize(64, 64).then(ImageTransforms.toFloat()));
/// ```
/// PNG, JPEG, GIF and BMP are read by Java's own `javax.imageio`, which a program with a module-info asks for by
/// `requires java.desktop`.
/// @param classes the folders' names, sorted
public record ImageFolder(List<String> classes, List<Image> images) implements Dataset {
  private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "gif", "bmp");

  /// Where an image is, and the number of its class.
  public record Image(Path file, int label) {}

  public ImageFolder {
    classes = List.copyOf(classes);
    images = List.copyOf(images);
  }

  /// All images in the folders of a folder, in the order of their names.
  /// @throws FileException if it cannot be read, or has no folders with images
  public static ImageFolder of(Path folder) {
    List<String> classes = new ArrayList<>();
    List<Image> images = new ArrayList<>();
    for (Path below : list(folder)) {
      if (Files.isDirectory(below)) {
        int label = classes.size();
        classes.add(below.getFileName().toString());
        list(below).stream().filter(ImageFolder::isImage).forEach(file -> images.add(new Image(file, label)));
      }
    }
    if (images.isEmpty()) {
      throw FileException.lacking(folder, "folders with images in them, one for each class");
    }
    return new ImageFolder(classes, images);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw FileException.cannotRead(folder, e);
    }
  }

  private static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1)) && Files.isRegularFile(file);
  }

  @Override
  public int size() {
    return images.size();
  }

  /// @throws FileException if the image cannot be read
  @Override
  public Example get(int index) {
    Image image = images.get(index);
    return Example.of(read(image.file()), NdArray.of((long) image.label()));
  }

  private static NdArray read(Path file) {
    BufferedImage image;
    try {
      image = ImageIO.read(file.toFile());
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    } catch (RuntimeException e) { // some damaged files end in one
      throw FileException.malformed(file, "an image", String.valueOf(e.getMessage()));
    }
    if (image == null) {
      throw FileException.malformed(file, "an image", "no reader knows its format");
    }
    int width = image.getWidth();
    int height = image.getHeight();
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    byte[] planes = new byte[Math.multiplyExact(3, pixels.length)];
    for (int i = 0; i < pixels.length; i++) {
      planes[i] = (byte) (pixels[i] >> 16);
      planes[pixels.length + i] = (byte) (pixels[i] >> 8);
      planes[2 * pixels.length + i] = (byte) pixels[i];
    }
    return NdArray.of(planes, 3, height, width);
  }
}
