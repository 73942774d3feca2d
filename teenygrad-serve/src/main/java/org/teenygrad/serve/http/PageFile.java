package org.teenygrad.serve.http;

import java.io.IOException;

/// A file of a page.
///
/// @param type of its content
/// @param zipped the content as gzip has it
/// @param tag tells contents apart: who has this one is not sent it again
/// @param policy its `Content-Security-Policy`
public record PageFile(String type, byte[] content, byte[] zipped, String tag, String policy) {
  /// Sets what a browser is told with every page: what it may load and do, and to tell nobody where it came from.
  public static void secure(Call call, String policy) {
    call.set("Content-Security-Policy", policy);
    call.set("Referrer-Policy", "no-referrer");
    call.set("Cross-Origin-Opener-Policy", "same-origin");
  }

  /// Answers with it, or that the client has it.
  /// @throws IOException if the client has gone
  public void send(Call call) throws IOException {
    secure(call, policy);
    call.set("Cache-Control", "no-cache"); // may be kept, but is asked for each time
    call.set("Vary", "Accept-Encoding");
    call.set("ETag", tag);
    String encodings = call.header("Accept-Encoding");
    if (tag.equals(call.header("If-None-Match"))) {
      call.sendNotModified();
    } else if (encodings != null && encodings.contains("gzip")) {
      call.set("Content-Encoding", "gzip");
      call.send(200, type, zipped);
    } else {
      call.send(200, type, content);
    }
  }
}
