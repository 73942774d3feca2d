package org.teenygrad.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlWriter;

/// What is different on our pages: cells, commands, headings that can be linked to, and links between chapters.
final class PageRenderer implements NodeRenderer {
  private final HtmlNodeRendererContext context;
  private final HtmlWriter html;
  private final List<String> chapters;
  private int cells;

  /// @param chapters the names of those that can be linked to
  PageRenderer(HtmlNodeRendererContext context, List<String> chapters) {
    this.context = context;
    html = context.getWriter();
    this.chapters = chapters;
  }

  static boolean isCell(FencedCodeBlock block) {
    return block.getInfo().equals("java");
  }

  @Override
  public Set<Class<? extends Node>> getNodeTypes() {
    return Set.of(FencedCodeBlock.class, Heading.class, Link.class);
  }

  @Override
  public void render(Node node) {
    switch (node) {
      case FencedCodeBlock block -> block(block);
      case Heading heading -> heading(heading);
      case Link link -> link(link);
      default -> throw new IllegalArgumentException(node.toString());
    }
  }

  private void block(FencedCodeBlock block) {
    html.line();
    Map<String, String> attributes = new LinkedHashMap<>(Map.of("class", isCell(block) ? "cell" : "command"));
    if (isCell(block)) {
      attributes.put("id", "cell-" + ++cells);
    }
    html.tag("div", attributes);
    html.tag("pre");
    html.tag("code");
    html.text(block.getLiteral().stripTrailing());
    html.tag("/code");
    html.tag("/pre");
    html.tag("/div");
    html.line();
  }

  private void heading(Heading heading) {
    String tag = "h" + heading.getLevel();
    html.line();
    html.tag(tag, Map.of("id", anchor(heading)));
    children(heading);
    html.tag("/" + tag);
    html.line();
  }

  /// As GitHub names it: lower case, without punctuation.
  private static String anchor(Node heading) {
    StringBuilder text = new StringBuilder();
    heading.accept(new AbstractVisitor() {
      @Override
      public void visit(Text part) {
        text.append(part.getLiteral());
      }

      @Override
      public void visit(Code part) {
        text.append(part.getLiteral());
      }
    });
    return text.toString().toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} -]", "").replace(' ', '-');
  }

  /// Chapters are linked to; files of the sources, which are not here, are named.
  private void link(Link link) {
    String name = link.getDestination().replaceFirst("\\.md$", "");
    boolean isChapter = chapters.contains(name);
    if (isChapter) {
      html.tag("a", Map.of("href", "/book/" + name));
    }
    children(link);
    if (isChapter) {
      html.tag("/a");
    }
  }

  private void children(Node parent) {
    for (Node child = parent.getFirstChild(); child != null; child = child.getNext()) {
      context.render(child);
    }
  }
}
