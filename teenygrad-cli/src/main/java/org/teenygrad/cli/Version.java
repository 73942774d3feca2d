package org.teenygrad.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// What `teenygrad --version` prints: the version of the build, and the Java and system it runs on.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    return new String[] {
      "teenygrad " + number(),
      String.format(Locale.ROOT, "Java %s, %s %s",
          Runtime.version(), System.getProperty("os.name"), System.getProperty("os.arch"))
    };
  }

  /// The build's.
  static String number() throws IOException {
    var build = new Properties();
    try (var in =
        Objects.requireNonNull(Version.class.getResourceAsStream("version.properties"))) {
      build.load(in);
    }
    return build.getProperty("version");
  }
}
