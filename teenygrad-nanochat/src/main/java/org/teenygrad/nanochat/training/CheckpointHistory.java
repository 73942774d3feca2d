package org.teenygrad.nanochat.training;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.FileException;

/// The newest checkpoints of a training under the numbers of their iterations, `checkpoint-000250.safetensors`. The newest of all
/// is a second name of `checkpoint.safetensors`, which takes no room on the disk.
record CheckpointHistory(ModelFolder folder) {
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{6,18})\\.safetensors");

  /// Iterations of what is kept, from the newest on.
  List<Long> iterations() {
    try (Stream<Path> files = Files.list(folder.path())) {
      return files.map(file -> NAME.matcher(file.getFileName().toString())).filter(Matcher::matches)
          .map(name -> Long.valueOf(name.group(1))).sorted(Comparator.reverseOrder()).toList();
    } catch (IOException e) {
      throw FileException.cannotRead(folder.path(), e);
    }
  }

  /// Keeps the checkpoint that was just written, and removes what is too old, or comes from a training that was begun anew before
  /// it came here.
  /// @param keep how many are kept; one alone needs no second name
  void add(long iteration, int keep) {
    try {
      if (keep > 1) {
        name(folder.checkpoint(), folder.checkpoint(iteration));
      }
      List<Long> before = iterations().stream().filter(at -> at <= iteration).toList();
      List<Long> kept = keep > 1 ? before.stream().limit(keep).toList() : List.of();
      for (long at : iterations()) {
        if (!kept.contains(at)) {
          Files.deleteIfExists(folder.checkpoint(at));
        }
      }
    } catch (IOException e) {
      throw FileException.cannotWrite(folder.path(), e);
    }
  }

  /// Gives a file a second name, in one step if that is another file's; a copy where the file system has no hard links.
  private static void name(Path file, Path second) throws IOException {
    Path link = file.resolveSibling("." + second.getFileName() + ".link.tmp");
    Files.deleteIfExists(link);
    try {
      Files.createLink(link, file);
    } catch (IOException | UnsupportedOperationException e) {
      AtomicFiles.write(second, channel -> {
        try (FileChannel from = FileChannel.open(file)) {
          for (long at = 0; at < from.size(); ) {
            at += from.transferTo(at, from.size() - at, channel);
          }
        }
      });
      return;
    }
    Files.move(link, second, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(link); // a rename to another name of the same file leaves both
  }
}
