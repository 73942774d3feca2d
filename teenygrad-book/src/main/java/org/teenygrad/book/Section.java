package org.teenygrad.book;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Where in the book a program stands.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Section {
  /// The chapter: `1.2.6`.
  String number();

  /// What `teenygrad book` calls the program: lower case, words joined by hyphens.
  String name();

  /// One line for the table of contents: what a reader sees happen.
  String title();

  /// What `--data` takes in place of the program's own data: `names.txt: a name a line`; empty if it takes none.
  String data() default "";
}
