/// Measurements, side by side with peers.
module org.teenygrad.bench {
  requires org.teenygrad.models;
  requires info.picocli;
  requires jdk.management;

  opens org.teenygrad.bench to
      info.picocli;
}
