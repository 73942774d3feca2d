package org.teenygrad.plot;

import java.util.HexFormat;

/// Colours of values between two ends, for [heatMap][Plot#heatMap], [field][Plot#field] and [colored][Plot#colored].
public enum ColorMap {
  /// From dark violet over green to yellow: matplotlib's viridis. Its lightness grows evenly, so that it also works in
  /// gray and for the colour-blind.
  VIRIDIS(
      "44015448186a472d7b4240863b528b33638d2c728e26828e", "21918c", "1fa08828ae803fbc735ec96284d44baddc30d8e219fde725"),
  /// From blue over near-white to red-brown, for values of both signs: 0 is in the middle unless [Plot#colorRange] says otherwise.
  DIVERGING("10386d2a66a86f9ed0b6cfe8", "f5f5f5", "f2c9aee08a5ab84e1f702605"),
  /// From black to white, for images.
  GRAY("000000ffffff");

  /// The colours between which the others are mixed, at equal distances; 0xRRGGBB.
  private final int[] anchors;

  ColorMap(String... parts) {
    byte[] bytes = HexFormat.of().parseHex(String.join("", parts));
    anchors = new int[bytes.length / 3];
    for (int i = 0; i < anchors.length; i++) {
      anchors[i] = (bytes[3 * i] & 255) << 16 | (bytes[3 * i + 1] & 255) << 8 | bytes[3 * i + 2] & 255;
    }
  }

  /// @param place from 0 to 1
  /// @return 0xRRGGBB
  int color(double place) {
    double position = Math.clamp(place, 0, 1) * (anchors.length - 1);
    int below = (int) Math.min(position, anchors.length - 2);
    return mix(anchors[below], anchors[below + 1], position - below);
  }

  private static int mix(int from, int to, double part) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      mixed |= (int) Math.round((from >> shift & 255) * (1 - part) + (to >> shift & 255) * part) << shift;
    }
    return mixed;
  }

  /// Whether black text is the easier to read on this colour: WCAG's relative luminance.
  static boolean light(int color) {
    return 0.2126 * linear(color >> 16 & 255) + 0.7152 * linear(color >> 8 & 255) + 0.0722 * linear(color & 255) > 0.18;
  }

  private static double linear(int channel) {
    return Math.pow((channel / 255.0 + 0.055) / 1.055, 2.4);
  }
}
