/// teenygrad: tensors that differentiate themselves and compile themselves.
@SuppressWarnings({
  "module", // the modules that see the inside are not there when this one is compiled
  "requires-automatic" // jtokkit has no name of its own, but is called what its jar is
})
module org.teenygrad.core {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires static java.desktop;
  requires jdk.jfr;
  requires jdk.management;
  requires jtokkit;

  exports org.teenygrad;
  exports org.teenygrad.data;
  exports org.teenygrad.nn;
  exports org.teenygrad.optim;
  exports org.teenygrad.state;
  exports org.teenygrad.train;

  exports org.teenygrad.ir to
      org.teenygrad.models,
      org.teenygrad.cli,
      org.teenygrad.bench;
  exports org.teenygrad.runtime to
      org.teenygrad.models,
      org.teenygrad.cli,
      org.teenygrad.bench;
  exports org.teenygrad.schedule to
      org.teenygrad.models,
      org.teenygrad.cli,
      org.teenygrad.bench;
}
