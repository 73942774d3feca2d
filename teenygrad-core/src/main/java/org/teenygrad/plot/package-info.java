/// Pictures of numbers: charts as SVG documents of a few kilobytes, drawn without AWT, system fonts or a library.
///
/// ```java
/// double[] p = {0, 0.25, 0.5, 0.75, 1};
/// Plot.of("Posterior after each sunrise")
///     .x("probability of a sunrise").y("density")
///     .line("after 1 day", p, new double[] {0, 0.5, 1, 1.5, 2})
///     .line("after 2 days", p, new double[] {0, 0.1875, 0.75, 1.6875, 3})
///     .write(folder.resolve("sunrise.svg"));
/// ```
///
/// | to show | call |
/// | --- | --- |
/// | curves, their uncertainty | [line][Plot#line], [dashed][Plot#dashed], [thin][Plot#thin], [path][Plot#path], [function][Plot#function], [band][Plot#band] |
/// | data | [points][Plot#points], [classes][Plot#classes], [colored][Plot#colored], [arrows][Plot#arrows] |
/// | distributions, amounts | [histogram][Plot#histogram], [density][Plot#density], [bars][Plot#bars], [dots][Plot#dots] |
/// | matrices, images | [heatMap][Plot#heatMap], [numbers][Plot#numbers], [gray][Plot#gray], [rgb][Plot#rgb] |
/// | functions of two variables, classifiers | [field][Plot#field], [contours][Plot#contours], [regions][Plot#regions] of a [Grid] |
/// | the limits of a machine | [roof][Plot#roof] on [logX][Plot#logX] and [logY][Plot#logY], with labelled points |
/// | expressions, networks, what depends on what | [Dag] |
/// | several plots at once | [Panels] |
///
/// Layers are drawn in the order of the calls. Layers of one label have one colour and one entry in the legend: a band
/// around a line, the points of a class over its region. Colours follow the reader's light or dark page
/// (`prefers-color-scheme`) and are told apart by the colour-blind; from the ninth label on, dashes and markers tell
/// what colours repeat. Values that are not finite break lines and leave cells blank; so do those that are not positive
/// on a logarithmic axis.
///
/// Pictures are 800 units wide and bounded in size: of a line's points on one pixel column, the first, least, greatest
/// and last are drawn, of points on one pixel one. A grid of values is one PNG of at most 512 x 512 pixels inside of
/// the document, in which blocks of a larger grid's cells are averaged.
///
/// Why not a library: those of the JVM that draw SVG need AWT with its fonts (XChart, JFreeChart) or bring another language's runtime
/// (lets-plot: Kotlin, megabytes), and neither belongs in a small native or headless image.
@NullMarked
package org.teenygrad.plot;

import org.jspecify.annotations.NullMarked;
