package org.teenygrad.plot;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// A picture as its readers see it.
record Drawn(String svg, Document document) {
  /// A place in pixels.
  record Place(double x, double y) {}

  /// An image with where it is.
  record Picture(double left, double top, double width, double height, BufferedImage pixels) {}

  static Drawn of(Figure figure) {
    String svg = figure.toSvg();
    try {
      return new Drawn(svg, DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg))));
    } catch (SAXException | IOException | ParserConfigurationException e) {
      throw new AssertionError(svg, e);
    }
  }

  List<Element> all(String tag) {
    var nodes = document.getElementsByTagName(tag);
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  List<String> texts() {
    return all("text").stream().map(Element::getTextContent).toList();
  }

  /// The data of the paths with these classes.
  List<String> paths(String classes) {
    return all("path").stream().filter(path -> path.getAttribute("class").equals(classes)).map(path -> path.getAttribute("d")).toList();
  }

  /// Where M and L lead.
  static List<Place> places(String path) {
    List<Place> places = new ArrayList<>();
    Matcher matcher = Pattern.compile("[ML](-?[\\d.]+) (-?[\\d.]+)").matcher(path);
    while (matcher.find()) {
      places.add(new Place(Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2))));
    }
    return places;
  }

  /// The area between the axes, from the line that they are: down and to the right.
  record Area(double left, double top, double right, double bottom) {}

  Area area() {
    return areas().getFirst();
  }

  List<Area> areas() {
    return paths("axis").stream().map(path -> {
      Matcher matcher = Pattern.compile("M([\\d.]+) ([\\d.]+)V([\\d.]+)H([\\d.]+).*").matcher(path);
      if (!matcher.matches()) {
        throw new AssertionError(path);
      }
      return new Area(number(matcher.group(1)), number(matcher.group(2)), number(matcher.group(4)), number(matcher.group(3)));
    }).toList();
  }

  List<Picture> images() {
    return all("image").stream().map(image -> {
      String data = image.getAttribute("href");
      String head = "data:image/png;base64,";
      if (!data.startsWith(head)) {
        throw new AssertionError(data);
      }
      return new Picture(number(image, "x"), number(image, "y"), number(image, "width"), number(image, "height"),
          decoded(Base64.getDecoder().decode(data.substring(head.length()))));
    }).toList();
  }

  static BufferedImage decoded(byte[] png) {
    try {
      return ImageIO.read(new ByteArrayInputStream(png));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static double number(Element element, String attribute) {
    return number(element.getAttribute(attribute));
  }

  private static double number(String text) {
    return Double.parseDouble(text);
  }
}
