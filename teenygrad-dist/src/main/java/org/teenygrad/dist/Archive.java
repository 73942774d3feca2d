package org.teenygrad.dist;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZOutputStream;

/// A folder as `.tar.xz`.
///
/// The tar file is cut in pieces that become xz streams of their own, one after the other in the archive, as the format
/// allows: each processor packs some.
final class Archive {
  private static final int PIECE_BYTES = 64 << 20;

  private Archive() {}

  static void pack(Path folder, Path archive, int level) throws IOException {
    Path tar = Files.createTempFile(archive.getParent(), "image", ".tar");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar), 1 << 20)) {
        Tar.write(folder, out);
      }
      compress(tar, archive, level);
    } finally {
      Files.delete(tar);
    }
  }

  private static void compress(Path tar, Path archive, int level) throws IOException {
    List<Future<byte[]>> pieces = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        OutputStream out = Files.newOutputStream(archive)) {
      for (long at = 0; at < Files.size(tar); at += PIECE_BYTES) {
        long start = at;
        pieces.add(pool.submit(() -> piece(tar, start, level)));
      }
      for (Future<byte[]> piece : pieces) {
        out.write(piece.get());
      }
    } catch (ExecutionException e) {
      throw new IOException(archive + " could not be packed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted while packing " + archive, e));
    }
  }

  private static byte[] piece(Path tar, long start, int level) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(PIECE_BYTES / 3);
    FilterOptions[] filters = {new X86Options(), new LZMA2Options(level)};
    try (InputStream in = Files.newInputStream(tar); XZOutputStream xz = new XZOutputStream(packed, filters)) {
      in.skipNBytes(start);
      byte[] buffer = new byte[1 << 16];
      long left = PIECE_BYTES;
      for (int n; left > 0 && (n = in.read(buffer, 0, (int) Math.min(left, buffer.length))) > 0; left -= n) {
        xz.write(buffer, 0, n);
      }
    }
    return packed.toByteArray();
  }
}
