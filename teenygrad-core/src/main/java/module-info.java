/// teenygrad: tensors that differentiate themselves and compile themselves.
@SuppressWarnings({"requires-automatic", "module"}) // jtokkit has no name of its own, but is called what its jar is; views are compiled later
module org.teenygrad.core {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires static java.desktop;
  requires jdk.jfr;
  requires jdk.management;
  requires jtokkit;

  exports org.teenygrad;
  exports org.teenygrad.blas;
  exports org.teenygrad.data;
  exports org.teenygrad.distributed;
  exports org.teenygrad.distributions;
  exports org.teenygrad.nn;
  exports org.teenygrad.optim;
  exports org.teenygrad.plot;
  exports org.teenygrad.state;
  exports org.teenygrad.train;

  // The engine, for readers of the book and for whoever looks inside or adds a device: it may change with any version.
  exports org.teenygrad.engine.autodiff;
  exports org.teenygrad.engine.codegen;
  exports org.teenygrad.engine.ir;
  exports org.teenygrad.engine.runtime;
  exports org.teenygrad.engine.runtime.llvm;
  exports org.teenygrad.engine.runtime.nulldevice;
  exports org.teenygrad.engine.schedule;

  // For views of what is in buffers.
  exports org.teenygrad.host to
      org.teenygrad.web;

  uses org.teenygrad.engine.runtime.Activity.Viewer;
}
