package org.teenygrad.web;

import java.util.List;

/// A page of the book.
///
/// @param name in its path: `1.1-probability`
/// @param html its text as elements; each cell is a `div` of the class `cell`
/// @param cells its blocks of Java in their order, as they are written
public record Chapter(String name, String title, String html, List<String> cells) {}
