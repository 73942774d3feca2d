/// The book's models and nanoGPT.
module org.teenygrad.models {
  requires com.fasterxml.jackson.core;
  requires transitive org.teenygrad.core;

  exports org.teenygrad.models.grammar;
  exports org.teenygrad.models.huggingface;
  exports org.teenygrad.models.inference;
  exports org.teenygrad.models.jinja;
  exports org.teenygrad.models.llama;
  exports org.teenygrad.models.nanogpt;
  exports org.teenygrad.models.pretrained;
  exports org.teenygrad.models.report;
  exports org.teenygrad.models.settings;
  exports org.teenygrad.models.stories;
  exports org.teenygrad.models.tokenizer;

  // The parts of a Module are read by reflection.
  opens org.teenygrad.models.llama to
      org.teenygrad.core;
  opens org.teenygrad.models.nanogpt to
      org.teenygrad.core;
}
