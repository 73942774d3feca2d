package org.teenygrad.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.teenygrad.nanochat.download.ShardDownload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat dataset`.
@Command(
    name = "dataset",
    description = "Downloads nanochat's base data set: some files for training, and the last one for validation. Goes on where it was broken off.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatDataset implements Runnable {
  @Option(
      names = {"-n", "--num-files"},
      paramLabel = "N",
      required = true,
      description = "Files for training, about 100 MB each.")
  private int numFiles;

  @Option(
      names = {"-w", "--num-workers"},
      paramLabel = "N",
      defaultValue = "4",
      description = "Files that are fetched at once (default: ${DEFAULT-VALUE}).")
  private int numWorkers;

  @Option(names = "--url", paramLabel = "URL", description = "The folder that has the files, shard_00000.parquet and so on (default: ClimbMix's).")
  private URI url = ShardDownload.CLIMBMIX;

  @Option(
      names = "--last",
      paramLabel = "N",
      defaultValue = "" + ShardDownload.CLIMBMIX_LAST,
      description = "The number of the last file (default: ${DEFAULT-VALUE}).")
  private int last;

  @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "out/nanochat/data", description = "Where the files go (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter screen = spec.commandLine().getOut();
    URI base = url.toString().endsWith("/") ? url : URI.create(url + "/");
    ShardDownload.Report report = new ShardDownload(base, last, out, numWorkers).run(numFiles, line -> {
      screen.println(line);
      screen.flush();
    });
    if (!report.failures().isEmpty()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "%d of %d files are not there; the same command goes on with them. %s",
          report.failures().size(), report.failures().size() + report.files().size(), report.failures().getFirst()));
    }
    screen.println(report.files().size() + " files are in " + out);
    screen.flush();
  }
}
