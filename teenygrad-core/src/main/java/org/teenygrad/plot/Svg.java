package org.teenygrad.plot;

import java.util.Locale;

/// The text of an SVG document, written element by element.
final class Svg {
  /// Beyond all that is visible, within what all readers can compute with.
  private static final double FAR = 1e6;

  private final StringBuilder text = new StringBuilder();

  /// The document's first lines: its size, its name, its colours, its page.
  static Svg document(String title, double width, double height) {
    Svg svg = new Svg();
    svg.add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\" role=\"img\">",
        number(width), number(height), number(width), number(height));
    svg.add("<title>%s</title>\n<style>\n%s</style>", escape(title), Style.CSS);
    svg.add("<rect class=\"page\" width=\"%s\" height=\"%s\"/>", number(width), number(height));
    return svg;
  }

  String end() {
    return text.append("</svg>\n").toString();
  }

  /// @param arguments numbers as [#number] gives them, text that is escaped
  void add(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  void path(String classes, CharSequence data) {
    if (!data.isEmpty()) {
      text.append("<path class=\"").append(classes).append("\" d=\"").append(data).append("\"/>\n");
    }
  }

  void rectangle(String classes, double left, double top, double width, double height) {
    add("<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>", classes, number(left), number(top), number(width),
        number(height));
  }

  /// @param anchor start, middle or end
  /// @param baseline where the letters stand
  void text(String classes, double size, String anchor, double x, double baseline, String words) {
    add("<text class=\"%s\" font-size=\"%s\" text-anchor=\"%s\" x=\"%s\" y=\"%s\">%s</text>",
        classes, number(size), anchor, number(x), number(baseline), escape(words));
  }

  void turned(String classes, double size, String anchor, double x, double baseline, int degrees, String words) {
    add("<text class=\"%s\" font-size=\"%s\" text-anchor=\"%s\" transform=\"translate(%s %s) rotate(%d)\">%s</text>",
        classes, number(size), anchor, number(x), number(baseline), degrees, escape(words));
  }

  /// An axis's name, or nothing for an empty one.
  void label(String anchor, double x, double baseline, int degrees, String words) {
    if (!words.isBlank()) {
      turned("text", Style.TEXT, anchor, x, baseline, degrees, words);
    }
  }

  /// Stretches a PNG over a rectangle, each of its pixels a sharp cell.
  void image(byte[] png, double left, double top, double width, double height) {
    add("<image x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"%s\"/>",
        number(left), number(top), number(width), number(height), Png.dataUri(png));
  }

  /// What follows is drawn in this rectangle only, until [#unclip].
  /// @param attributes more of the element's, or nothing
  void clip(double left, double top, double width, double height, String attributes) {
    add("<svg x=\"%1$s\" y=\"%2$s\" width=\"%3$s\" height=\"%4$s\" viewBox=\"%1$s %2$s %3$s %4$s\"%5$s>",
        number(left), number(top), number(width), number(height), attributes);
  }

  void unclip() {
    text.append("</svg>\n");
  }

  /// A coordinate with one digit behind the point, in every locale.
  static String number(double value) {
    long tenths = Math.round(Math.clamp(value, -FAR, FAR) * 10);
    long whole = Math.abs(tenths) / 10;
    long rest = Math.abs(tenths) % 10;
    return (tenths < 0 ? "-" : "") + whole + (rest == 0 ? "" : "." + rest);
  }

  /// Text as XML may hold it: control characters as their pictures, halves of surrogate pairs as the replacement character.
  static String escape(String text) {
    StringBuilder xml = new StringBuilder();
    text.codePoints().forEach(c -> {
      switch (c) {
        case '&' -> xml.append("&amp;");
        case '<' -> xml.append("&lt;");
        case '>' -> xml.append("&gt;");
        case '"' -> xml.append("&quot;");
        case 0x7f -> xml.append('\u2421');
        case 0xfffe, 0xffff -> xml.append('\ufffd');
        default -> xml.appendCodePoint(c < 0x20 ? 0x2400 + c : c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
      }
    });
    return xml.toString();
  }
}
