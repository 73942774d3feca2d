package org.teenygrad.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The table of `teenygrad bench cpu`: every [Suite] of single operations, training steps, how fast texts are continued, and what a step costs beside its kernels.
final class CpuCases {
  private static final CaseTable TABLE = new CaseTable(
      Stream.concat(
          Arrays.stream(Suite.values()).filter(suite -> !suite.operations().isEmpty())
              .map(suite -> new CaseTable.Group(suite.text, suite::operations)),
          Stream.of(
              new CaseTable.Group("training", TrainingCases::ofCpu),
              new CaseTable.Group("decode", () -> Stream.of(GptStep.CHAR_CPU, GptStep.GPT2)
                  .flatMap(model -> DecodingCase.of(model).stream()).toList()),
              new CaseTable.Group("host", HostCase::all))).toList(),
      List.of());

  private CpuCases() {}

  /// @throws IllegalArgumentException if there is no such group or case
  static List<ComparedCase> of(List<String> groups, List<String> names) {
    return TABLE.of(groups, names);
  }
}
