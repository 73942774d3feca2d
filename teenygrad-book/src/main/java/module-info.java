/// The book's programs.
module org.teenygrad.book {
  requires jdk.management;
  requires transitive org.teenygrad.models;

  exports org.teenygrad.book;
  exports org.teenygrad.book.part1;
  exports org.teenygrad.book.part2;
  exports org.teenygrad.book.part3;

  opens org.teenygrad.book.part1 to
      org.teenygrad.core, // the parts of a Module are read by reflection
      org.teenygrad.models; // and so are settings
  opens org.teenygrad.book.part2 to
      org.teenygrad.core,
      org.teenygrad.models;
  opens org.teenygrad.book.part3 to
      org.teenygrad.core,
      org.teenygrad.models;
}
