/// The `teenygrad` command.
module org.teenygrad.cli {
  requires org.teenygrad.models;
  requires info.picocli;

  opens org.teenygrad.cli to
      info.picocli;
}
