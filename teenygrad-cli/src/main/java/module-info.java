/// The `teenygrad` command.
module org.teenygrad.cli {
  requires org.teenygrad.bench;
  requires org.teenygrad.book;
  requires org.teenygrad.exchange;
  requires org.teenygrad.models;
  requires org.teenygrad.nanochat;
  requires org.teenygrad.serve;
  requires org.teenygrad.web;
  requires info.picocli;
  requires java.logging;
  requires java.management;
  requires java.net.http;

  opens org.teenygrad.cli to
      info.picocli;
}
