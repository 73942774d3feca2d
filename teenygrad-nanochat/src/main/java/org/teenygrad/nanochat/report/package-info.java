/// The report card of a model: what its stages were trained with, what came of it, and what it answers.
///
/// ```java
/// ReportCard.of(Path.of("out"), List.of("What colour is the sky?")).write();   // out/report.md
/// ```
@NullMarked
package org.teenygrad.nanochat.report;

import org.jspecify.annotations.NullMarked;
