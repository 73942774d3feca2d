package org.teenygrad.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/// The pages of `docs/book`, which are in the jar, as HTML. What a cell is, is said here alone: a block that begins with three backticks and `java`.
public final class Book {
  private static final Pattern CHAPTER = Pattern.compile("\\]\\((\\d[\\w.-]*)\\.md\\)");
  private static final Pattern TITLE = Pattern.compile("(?m)^# (.+)$");

  private final Parser parser = Parser.builder().extensions(List.of(TablesExtension.create())).build();
  private final Map<String, Chapter> known = new ConcurrentHashMap<>();
  private final Map<String, String> titles = new ConcurrentHashMap<>();
  private final List<String> names;

  /// The book of the jar.
  public Book() {
    names = CHAPTER.matcher(source("README")).results().map((MatchResult result) -> result.group(1)).distinct().toList();
  }

  /// The names of its chapters, in their order.
  public List<String> names() {
    return names;
  }

  /// The page on what chapters there are.
  public Chapter contents() {
    return known.computeIfAbsent("README", this::read);
  }

  /// A chapter.
  /// @throws IllegalArgumentException if there is none of that name
  public Chapter chapter(String name) {
    if (!names.contains(name)) {
      throw new IllegalArgumentException("the book has no chapter '" + name + "'; there are " + names);
    }
    return known.computeIfAbsent(name, this::read);
  }

  /// The title of a chapter, for which the rest of it is not looked at.
  /// @throws IllegalArgumentException if there is none of that name
  public String title(String name) {
    if (!names.contains(name)) {
      throw new IllegalArgumentException("the book has no chapter '" + name + "'; there are " + names);
    }
    return titles.computeIfAbsent(name, _ -> title(name, source(name)));
  }

  private static String title(String name, String source) {
    Matcher title = TITLE.matcher(source);
    return title.find() ? title.group(1) : name;
  }

  private Chapter read(String name) {
    String source = source(name);
    Node document = parser.parse(source);
    List<String> cells = new ArrayList<>();
    document.accept(new AbstractVisitor() {
      @Override
      public void visit(FencedCodeBlock block) {
        if (PageRenderer.isCell(block)) {
          cells.add(block.getLiteral());
        }
      }
    });
    HtmlRenderer renderer = HtmlRenderer.builder().extensions(List.of(TablesExtension.create())).escapeHtml(true).sanitizeUrls(true)
        .nodeRendererFactory(context -> new PageRenderer(context, names)).build();
    return new Chapter(name, title(name, source), renderer.render(document), List.copyOf(cells));
  }

  private static String source(String name) {
    try (InputStream stream = Book.class.getResourceAsStream("book/" + name + ".md")) {
      if (stream == null) {
        throw new IllegalStateException("the jar lacks the book's page " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
