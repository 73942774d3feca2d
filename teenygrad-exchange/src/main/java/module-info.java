/// Models of other frameworks as modules of this one, and modules of this one as theirs.
module org.teenygrad.exchange {
  requires transitive org.teenygrad.core;

  exports org.teenygrad.exchange.onnx;
  exports org.teenygrad.exchange.onnx.format;
  exports org.teenygrad.exchange.onnx.operators;
}
