package org.teenygrad.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Builds the image; Maven's profile `dist` calls it.
///
/// Arguments: the folder of jars, libLLVM, the folder of files that are copied as they are (the launcher), the
/// licence, the folder to make, and xz's level from 1 to 9, or 0 for no archive
/// and no rehearsal.
final class Main {
  private Main() {}

  public static void main(String[] arguments) throws IOException {
    Path image = Path.of(arguments[4]);
    Image.build(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), Path.of(arguments[3]), image);
    int level = Integer.parseInt(arguments[5]);
    if (level > 0) {
      Rehearsal.run(image);
      Path archive = image.resolveSibling(image.getFileName() + ".tar.xz");
      Archive.pack(image, archive, level);
      System.out.printf(Locale.ROOT, "%s: %.1f MB%n", archive, Files.size(archive) / 1e6);
    } else {
      System.out.println(image);
    }
  }
}
