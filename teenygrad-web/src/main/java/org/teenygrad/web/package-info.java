/// `teenygrad web`: the book in a browser, with cells that run.
///
/// ```java
/// try (WebServer server = WebServer.start(WebSettings.DEFAULT, System.out)) {
///   server.url();   // with the token that lets in
/// }
/// ```
/// [Book] makes pages of `docs/book`, in which each block of Java is a cell. Who shows the [Token] reads them; what a page runs goes to a
/// [process][org.teenygrad.web.cells.CellProcess] of its own, which [Readers] keeps as long as the page is open.
@NullMarked
package org.teenygrad.web;

import org.jspecify.annotations.NullMarked;
