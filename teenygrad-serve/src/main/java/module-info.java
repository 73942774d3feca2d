/// Serves language models over HTTP, in the terms of OpenAI's API.
@SuppressWarnings("module") // the book's server is compiled later
module org.teenygrad.serve {
  requires transitive org.teenygrad.nanochat;
  requires java.net.http;
  requires transitive jdk.httpserver;

  exports org.teenygrad.serve;
  exports org.teenygrad.serve.http to org.teenygrad.web;
  exports org.teenygrad.serve.load;
}
