/// The book in a browser.
module org.teenygrad.web {
  requires transitive org.teenygrad.serve;
  requires org.commonmark;
  requires org.commonmark.ext.gfm.tables;
  requires static jdk.jshell; // cells need a JDK; the pages do not

  exports org.teenygrad.web;
  exports org.teenygrad.web.cells;
  exports org.teenygrad.web.pieces;

  provides org.teenygrad.engine.runtime.Activity.Viewer with
      org.teenygrad.web.ProgramView;
}
