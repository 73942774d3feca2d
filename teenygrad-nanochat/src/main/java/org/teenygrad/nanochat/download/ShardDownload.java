package org.teenygrad.nanochat.download;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// The files of nanochat's base data set, `shard_00000.parquet` and so on: the first ones for training and always the last one, which is
/// for validation. Files that are there are left alone, files that have begun are continued, and each is verified.
///
/// ```java
/// new ShardDownload(ShardDownload.CLIMBMIX, ShardDownload.CLIMBMIX_LAST, Path.of("data"), 4).run(8, System.out::println);
/// ```
/// @param base the address of the folder that has the files
/// @param lastShard the number of the last file
/// @param folder where they shall be
/// @param workers files that are fetched at once
/// @param pause waits that many milliseconds before another attempt
public record ShardDownload(URI base, int lastShard, Path folder, int workers, LongConsumer pause) {
  /// nanochat's: ClimbMix, 400 billion tokens, shuffled.
  public static final URI CLIMBMIX = URI.create("https://huggingface.co/datasets/karpathy/climbmix-400b-shuffle/resolve/main/");

  /// [#CLIMBMIX]'s last file.
  public static final int CLIMBMIX_LAST = 6542;

  private static final int ATTEMPTS = 5;

  /// @throws IllegalArgumentException if a number is too small, or the address is not of HTTP
  public ShardDownload {
    if (lastShard < 0 || workers < 1) {
      throw new IllegalArgumentException("the last shard " + lastShard + " must not be negative, and workers " + workers + " must be positive");
    }
    if (!"http".equals(base.getScheme()) && !"https".equals(base.getScheme())) {
      throw new IllegalArgumentException("the address " + base + " must begin with http:// or https://");
    }
  }

  /// Waits 2, 4, 8 and 16 seconds between attempts, as nanochat.
  public ShardDownload(URI base, int lastShard, Path folder, int workers) {
    this(base, lastShard, folder, workers, ShardDownload::sleep);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(Duration.ofMillis(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted between two attempts", e);
    }
  }

  /// What became of the files.
  /// @param files those that are there now
  /// @param failures why others are not, a sentence each
  public record Report(List<Path> files, List<String> failures) {}

  /// Fetches files.
  /// @param trainShards how many there shall be beside the last one; all if there are not so many
  /// @param progress is told of each file, by several threads but not at once
  /// @throws UncheckedIOException if the folder cannot be made
  public Report run(int trainShards, Consumer<String> progress) {
    if (trainShards < 0) {
      throw new IllegalArgumentException("the number of shards must not be negative: " + trainShards);
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder " + folder + ": " + e.getMessage(), e);
    }
    List<Download> downloads = new ArrayList<>();
    for (int shard = 0; shard < Math.min(trainShards, lastShard); shard++) {
      downloads.add(download(shard));
    }
    downloads.add(download(lastShard));
    List<Path> files = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(workers, Thread.ofPlatform().daemon().name("download-", 0).factory())) {
      List<Callable<String>> tasks = downloads.stream().map(download -> (Callable<String>) () -> fetch(download, progress)).toList();
      List<Future<String>> failuresOfAll = threads.invokeAll(tasks);
      for (int i = 0; i < downloads.size(); i++) {
        String failure = failuresOfAll.get(i).resultNow();
        if (failure.isEmpty()) {
          files.add(downloads.get(i).file());
        } else {
          failures.add(failure);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while downloading", e);
    }
    return new Report(files, failures);
  }

  /// @return why the file is not there; empty if it is
  private String fetch(Download download, Consumer<String> progress) {
    if (download.isDone()) {
      tell(progress, download.file() + " is there");
      return "";
    }
    String failure = "";
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        long here = download.bytesHere();
        String from = here == 0 ? "" : ", from byte " + here + " on";
        tell(progress, download.file() + " from " + download.uri() + from);
        download.attempt();
        tell(progress, String.format(Locale.ROOT, "%s: %,d bytes", download.file(), download.bytesHere()));
        return "";
      } catch (IOException e) {
        failure = e instanceof Source.Refused ? String.valueOf(e.getMessage()) : download.uri() + ": " + e;
        if (e instanceof Source.Refused refused && !refused.isTemporary()) {
          return failure;
        }
      }
      if (attempt < ATTEMPTS) {
        tell(progress, failure + "; attempt " + (attempt + 1) + " of " + ATTEMPTS + " follows");
        pause.accept(1000L << attempt);
      }
    }
    return failure;
  }

  private synchronized void tell(Consumer<String> progress, String line) {
    progress.accept(line);
  }

  private Download download(int shard) {
    String name = String.format(Locale.ROOT, "shard_%05d.parquet", shard);
    return new Download(base.resolve(name), folder.resolve(name));
  }
}
