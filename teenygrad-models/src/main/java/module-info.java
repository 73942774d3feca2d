/// The book's models and nanoGPT.
module org.teenygrad.models {
  requires transitive org.teenygrad.core;

  exports org.teenygrad.models.report;
  exports org.teenygrad.models.stories;
}
