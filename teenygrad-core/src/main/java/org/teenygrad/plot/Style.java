package org.teenygrad.plot;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Colours and strokes: the style sheet of every picture, for light pages and for dark ones.
final class Style {
  static final int TEXT = 13;
  static final int SMALL = 12;

  /// Found by a search for the greatest least distance (CIELAB) of two of them to people with protanopia, deuteranopia
  /// and tritanopia; on the page they have a contrast of 3 or more.
  static final int[] LIGHT = {0x0f4cc3, 0xd57c16, 0x16914d, 0x8f2352, 0x1493ec, 0xac2a0b, 0x633b8b, 0x627b92};

  static final int[] DARK = {0x51b1ff, 0xff932b, 0x58e288, 0xf0c0c4, 0xb2d6ff, 0xea493b, 0xc94fba, 0x9c7880};
  static final int LIGHT_PAGE = 0xffffff;
  static final int DARK_PAGE = 0x14181d;
  static final int COLORS = LIGHT.length;

  static final String CSS =
      page(LIGHT_PAGE, 0x24292f, 0x57606a, 0xe2e6ea, 0x8c959f, LIGHT)
          + "@media (prefers-color-scheme: dark) {\n"
          + page(DARK_PAGE, 0xe6edf3, 0x9aa5b1, 0x2a3139, 0x6b7682, DARK)
          + "}\n"
          + """
          text { font-family: system-ui, "Helvetica Neue", Arial, sans-serif; stroke: none }
          .title { font-weight: 600 } .halo { stroke-width: 3; stroke-linejoin: round; paint-order: stroke }
          .grid, .axis { fill: none; stroke-width: 1 }
          .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
          .thin { stroke-width: 1; stroke-opacity: 0.38 } .level { stroke-width: 1.2 } .under { stroke: #ffffff; stroke-width: 2.8; stroke-opacity: 0.55 } .over { stroke: #000000; stroke-width: 1 }
          .dashed { stroke-dasharray: 7 5 } .round1 { stroke-dasharray: 2 5 } .round2 { stroke-dasharray: 9 4 2 4 } .edge { stroke-width: 1.2 }
          .dots { fill: none; stroke-linecap: round } .mark { stroke: none } .cross { fill: none; stroke-width: 1.8 }
          .area { stroke: none; fill-opacity: 0.5 } .band { stroke: none; fill-opacity: 0.22 } .bar { stroke: none; fill-opacity: 0.85 }
          .node { fill-opacity: 0.16; stroke-width: 1.3 }
          .on-dark { fill: #ffffff } .on-light { fill: #000000 }
          """;

  private Style() {}

  private static String page(int page, int text, int faint, int grid, int axis, int[] series) {
    return String.format(Locale.ROOT,
            ".page { fill: #%06x } text.halo { stroke: #%06x } .text { fill: #%06x } .faint { fill: #%06x } .grid { stroke: #%06x } .axis { stroke: #%06x } .level { stroke: #%06x }\n",
            page, page, text, faint, grid, axis, faint)
        + IntStream.range(0, series.length)
            .mapToObj(i -> String.format(Locale.ROOT, ".c%d { stroke: #%06x; fill: #%06x }", i, series[i], series[i]))
            .collect(Collectors.joining(" ", "", "\n"));
  }
}
