package org.teenygrad.bench;

import java.util.List;
import java.util.stream.Stream;

/// The table of `teenygrad bench cuda`.
final class GpuCases {
  private static final CaseTable TABLE = new CaseTable(List.of(
      new CaseTable.Group("rows", RowCases::all),
      new CaseTable.Group("products", ProductCases::all),
      new CaseTable.Group("attention", () -> Stream.concat(AttentionCases.all().stream(), DecodeCases.all().stream()).toList()),
      new CaseTable.Group("conv", ConvolutionCases::all),
      new CaseTable.Group("index", IndexCases::all),
      new CaseTable.Group("training", TrainingCases::all)),
      List.of(new CaseTable.Family(ProductCases.FORM, ProductCases::of), new CaseTable.Family(AttentionCases.FORM, AttentionCases::of),
          new CaseTable.Family(ConvolutionCases.FORM, ConvolutionCases::of)));

  private GpuCases() {}

  /// @throws IllegalArgumentException if there is no such group or case
  static List<ComparedCase> of(List<String> groups, List<String> names) {
    return TABLE.of(groups, names);
  }

  /// @throws IllegalArgumentException if there is no case of this name
  static ComparedCase of(String name) {
    return TABLE.of(name);
  }
}
