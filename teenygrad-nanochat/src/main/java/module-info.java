/// nanochat: from raw text to a model that chats.
@SuppressWarnings({"requires-automatic", "module"}) // hardwood has its name in its manifest; the server is compiled later
module org.teenygrad.nanochat {
  requires transitive org.teenygrad.models;
  requires com.fasterxml.jackson.core;
  requires com.github.luben.zstd_jni;
  requires dev.hardwood.core;

  exports org.teenygrad.nanochat.chat;
  exports org.teenygrad.nanochat.corpus;
  exports org.teenygrad.nanochat.base;
  exports org.teenygrad.nanochat.data;
  exports org.teenygrad.nanochat.download;
  exports org.teenygrad.nanochat.evaluation;
  exports org.teenygrad.nanochat.huggingface;
  exports org.teenygrad.nanochat.json to org.teenygrad.cli, org.teenygrad.serve, org.teenygrad.web;
  exports org.teenygrad.nanochat.model;
  exports org.teenygrad.nanochat.packing;
  exports org.teenygrad.nanochat.report;
  exports org.teenygrad.nanochat.rl;
  exports org.teenygrad.nanochat.sft;
  exports org.teenygrad.nanochat.tasks;
  exports org.teenygrad.nanochat.tokenizer;
  exports org.teenygrad.nanochat.training;

  opens org.teenygrad.nanochat.model to org.teenygrad.core; // modules are found by reflection
}
