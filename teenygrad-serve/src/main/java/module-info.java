/// Serves language models over HTTP, in the terms of OpenAI's API.
module org.teenygrad.serve {
  requires transitive org.teenygrad.nanochat;
  requires java.net.http;
  requires jdk.httpserver;

  exports org.teenygrad.serve;
  exports org.teenygrad.serve.load;
}
