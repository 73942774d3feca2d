/// The report card of a model: what its stages were trained with and what came of it.
///
/// ```java
/// ReportCard.of(Path.of("out")).write();   // out/report.md
/// ```
@NullMarked
package org.teenygrad.nanochat.report;

import org.jspecify.annotations.NullMarked;
