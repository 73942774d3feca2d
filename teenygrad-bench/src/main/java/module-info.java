/// Measurements, side by side with peers.
@SuppressWarnings("module") // org.teenygrad.cli is not there when this one is compiled
module org.teenygrad.bench {
  requires org.teenygrad.models;
  requires transitive info.picocli;
  requires jdk.management;

  exports org.teenygrad.bench to
      org.teenygrad.cli;

  opens org.teenygrad.bench to
      info.picocli;
}
