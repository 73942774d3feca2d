package org.teenygrad.plot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StyleTest {
  private static int[] palette(boolean dark) {
    return dark ? Style.DARK : Style.LIGHT;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void coloursStandOutFromThePage(boolean dark) {
    for (int color : palette(dark)) {
      assertThat(Vision.contrast(color, dark ? Style.DARK_PAGE : Style.LIGHT_PAGE)).as("%06x", color).isGreaterThanOrEqualTo(3);
    }
  }

  /// Markers and dashes tell the rest: these are the colours alone.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theColourBlindTellThemApart(boolean dark) {
    int[] colors = palette(dark);
    for (double[][] eyes : Vision.EYES) {
      for (int i = 0; i < colors.length; i++) {
        for (int j = 0; j < i; j++) {
          assertThat(Vision.distance(colors[i], colors[j], eyes)).as("%06x and %06x", colors[i], colors[j]).isGreaterThan(15);
        }
      }
    }
  }
}
