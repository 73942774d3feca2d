/// The programs of *Structure and Interpretation of Tensor Programs*: [org.teenygrad.book.Contents] lists them, and `teenygrad book NAME`
/// runs one.
///
/// A program is one file: a record whose components are its settings, with a [org.teenygrad.book.Section] that says where in the book it
/// stands. It writes to a [org.teenygrad.book.Page]: lines as it goes, its picture, and at the end the chapter's claim
/// as a number measured here.
@NullMarked
package org.teenygrad.book;

import org.jspecify.annotations.NullMarked;
