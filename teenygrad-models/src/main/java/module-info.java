/// The book's models and nanoGPT.
module org.teenygrad.models {
  requires transitive org.teenygrad.core;
}
