/// Models of other frameworks as modules of this one.
module org.teenygrad.exchange {
  requires transitive org.teenygrad.core;

  exports org.teenygrad.exchange.onnx;
  exports org.teenygrad.exchange.onnx.format;
  exports org.teenygrad.exchange.onnx.operators;
}
