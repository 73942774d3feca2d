/// Measurements, side by side with peers.
module org.teenygrad.bench {
  requires org.teenygrad.models;
}
